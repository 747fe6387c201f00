import { describe, expect, it } from "vitest";
import { defineTransport, openSession, transportPair } from "../src/index.ts";
import { hello, type Loose, open, paced, promised, recorded, turns, withOptions } from "./sessions.ts";

/** A pair whose frames are counted from the client's side, after the handshake. */
async function counted(api: unknown) {
  let record: ReturnType<typeof recorded> | undefined;
  const pair = open(api, {
    around: (it) => {
      record = recorded(it);
      return record;
    },
    aroundServer: paced,
  });
  await pair.client.ready;
  await pair.remote.one();
  const wire = record as ReturnType<typeof recorded>;
  wire.out.length = 0;
  wire.in.length = 0;
  return { pair, wire };
}

const soon = new Map<string, Promise<unknown>>();

const api = {
  one: () => 1,
  together(key: string) {
    const known = soon.get(key) ?? new Promise((resolve) => setTimeout(resolve, 5));
    soon.set(key, known);
    return known;
  },
};

describe("messages that arise together", () => {
  it.each([
    [1, 1],
    [4, 4],
    [16, 4],
    [64, 4],
    [256, 4],
    [1000, 4],
  ])("%i calls of one turn leave as %i frames: a quarter of those in flight each", async (calls, frames) => {
    const { pair, wire } = await counted(api);
    const asked = Array.from({ length: calls }, () => pair.remote.one());
    expect(await Promise.all(asked)).toEqual(new Array(calls).fill(1));
    expect(wire.out).toHaveLength(frames);
    // The answers to one batch go back as one.
    expect(wire.in).toHaveLength(frames);
    await pair.done();
  });

  it("R-26 a call by itself is one message, and so is its answer", async () => {
    const { pair, wire } = await counted(api);
    await pair.remote.one();
    expect(wire.out).toEqual([[1, 2, 0, 0, []]]);
    expect(wire.in).toEqual([[3, 2, 1]]);
    await pair.done();
  });

  it("plain calls and answers of a batch travel as one flat list", async () => {
    const { pair, wire } = await counted(api);
    await Promise.all([pair.remote.one(), pair.remote.one(), pair.remote.one(), pair.remote.one(), pair.remote.one()]);
    expect(wire.out[0]).toEqual([21, 2, 0, [], 0, []]);
    expect(wire.in[0]).toEqual([22, 2, 1, 1]);
    await pair.done();
  });

  it("the answers of handlers that end together go back together", async () => {
    const { pair, wire } = await counted(api);
    await Promise.all(Array.from({ length: 8 }, () => pair.remote.together("8")));
    expect(wire.in).toHaveLength(1);
    await pair.done();
  });

  it("the progress of a handler that keeps its thread busy leaves within a millisecond or two", async () => {
    const moments: number[] = [];
    let start = 0;
    const [clientEnd, serverEnd] = transportPair();
    const record = recorded(serverEnd);
    const server = openSession(record, {
      expose: {
        work(progress: Loose) {
          start = performance.now();
          for (let step = 0; step < 5; step++) {
            const until = performance.now() + 4;
            while (performance.now() < until);
            progress(step);
            moments.push(record.out.length);
          }
        },
      },
    });
    const client = openSession<{ work(progress: (step: number) => void): Promise<void> }>(clientEnd);
    await client.ready;
    const steps: number[] = [];
    await client.remote.work((step) => void steps.push(step));
    expect(steps).toEqual([0, 1, 2, 3, 4]);
    expect(start).toBeGreaterThan(0);
    // Each step but the first found the outbox late, and left at once: the thread was never free.
    expect(moments.at(-1) ?? 0).toBeGreaterThanOrEqual(4);
    await client.close();
    await server.close();
  });

  it("F-12 one argument that the platform refuses, in a burst of 100, rejects its own call and no other", async () => {
    const sent: unknown[] = [];
    let deliver: (message: unknown) => void = () => {};
    const picky = defineTransport({
      traits: { carries: "clone", trusted: true },
      open: ({ message }) => {
        deliver = message;
        return {
          send: (frame) => {
            if (JSON.stringify(frame).includes("culprit")) throw new Error("refused by the platform");
            sent.push(frame);
          },
          close() {},
        };
      },
    });
    const session = openSession<{ take(value: string): Promise<number> }>(picky);
    deliver(hello());
    const asked = Array.from({ length: 100 }, (_, n) => promised(session.remote.take(n === 57 ? "culprit" : `n${n}`)));
    const settled = Promise.allSettled(asked);
    await turns(2);
    const ids = sent.flat(3).filter((part) => typeof part === "string" && part.startsWith("n"));
    expect(ids).toHaveLength(99);
    await session.close();
    const results = await settled;
    expect(results[57]).toMatchObject({
      reason: { code: "INVALID_ARGUMENT", delivered: "no", cause: { message: "refused by the platform" } },
    });
    const others = results.filter((_, n) => n !== 57) as PromiseRejectedResult[];
    expect(new Set(others.map(({ reason }) => reason.code))).toEqual(new Set(["CANCELLED"]));
  });

  it("R-04 G-17 one value that cannot cross, in a burst of 100, rejects its own call with its path", async () => {
    const pair = open({ take: (value: unknown) => typeof value });
    class Socket {
      open = true;
    }
    const asked = Array.from({ length: 100 }, (_, n) =>
      promised(pair.remote.take(n === 42 ? { user: { socket: new Socket() } } : n)),
    );
    const results = await Promise.allSettled(asked);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(99);
    expect(results[42]).toMatchObject({
      reason: { code: "INVALID_ARGUMENT", message: expect.stringContaining("args[0].user.socket") },
    });
    await pair.done();
  });
});

describe("a recorded transport", () => {
  it("passes everything", async () => {
    let record: ReturnType<typeof recorded> | undefined;
    const pair = open(
      { one: () => 1 },
      {
        around: (it) => {
          record = recorded(it);
          return record;
        },
      },
    );
    expect(await pair.remote.one()).toBe(1);
    expect(record?.out.length).toBe(1);
    await pair.done();
  });
});

describe("what passes others", () => {
  it("goes in batches that a peer takes, however much of it there is: 3 000 calls are aborted in one turn", async () => {
    const pair = open({ never: () => new Promise(() => {}) }, { server: { limits: { calls: 4096 } } });
    await pair.client.ready;
    const stop = new AbortController();
    const calls = Array.from({ length: 3000 }, () =>
      promised(withOptions(pair.remote.never, { signal: stop.signal })()),
    );
    const settled = Promise.allSettled(calls);
    await turns();
    stop.abort();
    for (const each of await settled) expect(each).toMatchObject({ status: "rejected", reason: { code: "CANCELLED" } });
    await turns();
    expect(pair.client.ended).toBeUndefined();
  });
});
