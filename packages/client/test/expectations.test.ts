import {
  defineTransport,
  json,
  openSession,
  proxy,
  RpcError,
  RpcTarget,
  type Transport,
  transportPair,
} from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { createClient, notify, stats } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

describe("errors", () => {
  const api = {
    fail() {
      throw new RangeError("out of reach");
    },
  };

  it("R-12 show the stacks of both sides to a trusted caller, with the class of what was thrown", async () => {
    const { client, end } = wire(api);
    const { stack, message } = await failureOf(client.fail());
    expect(message).toBe("RangeError: out of reach");
    expect(stack).toMatch(/\n\s+at .*expectations\.test\.ts/);
    expect(stack).toMatch(/\n\s+\(remote\) at .*fail.*expectations\.test\.ts/);
    await end();
  });

  it("R-12 show the caller's line, and nothing of the other side, to a stranger", async () => {
    const { client, end } = wire(api, { trusted: false, server: { onError: () => {} } });
    const { stack, message } = await failureOf(client.fail());
    expect(message).toMatch(/^internal error \(reference \w+\)$/);
    expect(stack).toMatch(/\n\s+at .*expectations\.test\.ts/);
    expect(stack).not.toMatch(/remote|RangeError/);
    await end();
  });
});

describe("what a peer can make us hold", () => {
  it("R-14 is refused beyond its limit with RESOURCE_EXHAUSTED, and what is held already stays", async () => {
    const finish: (() => void)[] = [];
    const { client, server, end } = wire(
      { wait: (n: number) => new Promise<number>((resolve) => finish.push(() => resolve(n))) },
      { server: { limits: { calls: 2 } }, limits: { queuedCalls: 1 } },
    );
    const held = [client.wait(1), client.wait(2)];
    for (const call of held) call.then(undefined, () => {});
    await server.ready;
    await server.ping();
    const waiting = client.wait(3);
    waiting.then(undefined, () => {});
    expect(await failureOf(client.wait(4))).toMatchObject({ code: "RESOURCE_EXHAUSTED", delivered: "no" });
    expect(stats(client)?.calls).toEqual({ inFlight: 2, queued: 1, open: 0 });
    for (const each of finish.splice(0)) each();
    expect(await Promise.all(held)).toEqual([1, 2]);
    await vi.waitFor(() => expect(finish).toHaveLength(1));
    finish[0]?.();
    expect(await waiting).toBe(3);
    await end();
  });

  it("R-15 is reported where nobody else hears of it: with path and peer, once", async () => {
    const told: string[] = [];
    const { client, end } = wire(
      {
        log: {
          boom: () => {
            throw new Error("lost");
          },
        },
        call: (callback: () => void) => {
          callback();
        },
      },
      {
        server: {
          onError: (error, { path, peer }) =>
            told.push(`there ${path.join(".")} ${peer.kind}: ${(error as Error).message}`),
        },
        onError: (error, { path }) => told.push(`here ${path.join(".")}: ${(error as Error).message}`),
      },
    );
    notify(client.log.boom)();
    client.log.boom();
    await client.call(() => {
      throw new Error("in a callback that nobody awaits");
    });
    await vi.waitFor(() => expect(told).toHaveLength(3));
    expect(told.sort()).toEqual([
      "here log.boom: lost",
      "there  memory: in a callback that nobody awaits",
      "there log.boom memory: lost",
    ]);
    await end();
  });

  it("R-23 and R-25 is told by stats, calls apart from references and streams, and adds up to nothing in the end", async () => {
    const finish: (() => void)[] = [];
    const { client, server, end } = wire({
      hold: (_callback: () => void) => new Promise<void>((resolve) => finish.push(resolve)),
      count: async function* () {
        yield 1;
        await new Promise<void>((resolve) => finish.push(resolve));
      },
    });
    const calls = [client.hold(() => {}), client.hold(() => {})];
    for (const call of calls) call.then(undefined, () => {});
    const stream = await client.count();
    await stream.next();
    expect(stats(client)).toMatchObject({ calls: { inFlight: 2, queued: 0 }, exports: 2, stubs: 0, streams: 1 });
    expect(server.stats()).toMatchObject({ handlers: { running: 2 }, exports: 0, stubs: 2, streams: 1 });
    for (const each of finish) each();
    await Promise.all(calls);
    await stream.return?.();
    await vi.waitFor(() => {
      for (const each of [stats(client), server.stats()]) {
        expect(each).toMatchObject({ calls: { inFlight: 0, open: 0 }, exports: 0, stubs: 0, streams: 0 });
      }
    });
    await end();
  });
});

describe("names and ids", () => {
  it("R-18 plain functions get their call as `this`; methods of targets and proxied objects keep their own", async () => {
    class Counter extends RpcTarget {
      #value = 7;
      value() {
        return this.#value;
      }
    }
    const box = {
      value: 8,
      read: () => box.value,
      own() {
        return this.value;
      },
    };
    const { client, end } = wire({
      plain(this: { path: readonly string[] }) {
        return this.path[0];
      },
      counter: () => new Counter(),
      box: () => proxy(box, ["own"]),
    });
    expect(await client.plain()).toBe("plain");
    expect(await client.counter().value()).toBe(7);
    expect(await client.box().own()).toBe(8);
    await end();
  });

  it("R-21 ids are never used twice, and never meet a name", async () => {
    const { client, entries, end } = wire({ "1": () => "one", "2": () => "two", "0": { "1": () => "deep" } });
    for (let i = 0; i < 3; i++) {
      expect([await client["1"](), await client["2"](), await client["0"]["1"]()]).toEqual(["one", "two", "deep"]);
    }
    const ids = entries.filter(({ kind, direction }) => kind === "call" && direction === "out").map(({ id }) => id);
    expect(ids).toHaveLength(9);
    expect(new Set(ids).size).toBe(9);
    await end();
  });
});

describe("what crosses", () => {
  const odd = { map: new Map([["a", new Date(7)]]), list: [undefined, -0, 10n], bytes: new Uint8Array([1, 2, 3]) };

  it.each(["clone", "json", "text", "bytes"] as const)(
    "R-29 R-31 F-10 is the same for arguments, results, items and errors over %s, bytes at any depth included",
    async (carries) => {
      const [here, there] = transportPair({ traits: { carries } });
      const api = {
        echo: (value: unknown, callback: (value: unknown) => unknown) => callback(value),
        items: async function* (value: unknown) {
          yield value;
        },
        fail: (data: unknown) => {
          throw new RpcError("NOT_FOUND", "as told", { data });
        },
      };
      const server = openSession(there, { expose: api });
      const client = createClient<typeof api>(here);
      expect(await client.echo({ deep: [odd] }, (value) => value)).toEqual({ deep: [odd] });
      for await (const item of client.items(odd)) expect(item).toEqual(odd);
      expect(await failureOf(client.fail(odd))).toMatchObject({ code: "NOT_FOUND", data: odd });
      await client.close();
      await server.closed;
    },
  );

  it("R-27 R-30 F-21 crosses anything that sends, receives and ends, cut to what that carries", async () => {
    const wires: [((text: string) => void) | undefined, ((text: string) => void) | undefined] = [undefined, undefined];
    let longest = 0;
    const end = (side: 0 | 1): Transport =>
      defineTransport({
        traits: { carries: "text", maxMessage: 500, trusted: true },
        codec: json(),
        open: ({ message }) => {
          wires[side] = message;
          return {
            send: (text) => {
              longest = Math.max(longest, (text as string).length);
              queueMicrotask(() => wires[1 - side]?.(text as string));
            },
            close: () => {},
          };
        },
      });
    const [here, there] = [end(0), end(1)];
    const server = openSession(there, { expose: { echo: (value: unknown) => value } });
    const client = createClient<{ echo(value: unknown): unknown }>(here);
    const large = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
    expect(await client.echo(large)).toEqual(large);
    expect(longest).toBeLessThanOrEqual(500);
    await client.close();
    await server.closed;
  });

  it("R-35 arrives whole, or piece by piece as a stream", async () => {
    let held = 0;
    const { client, end } = wire({
      whole: (bytes: Uint8Array) => bytes.byteLength,
      pieces: async (chunks: AsyncIterable<Uint8Array>) => {
        let total = 0;
        for await (const chunk of chunks) {
          held = Math.max(held, chunk.byteLength);
          total += chunk.byteLength;
        }
        return total;
      },
    });
    expect(await client.whole(new Uint8Array(211_000))).toBe(211_000);
    const pieces = (async function* () {
      for (let i = 0; i < 211; i++) yield new Uint8Array(1000);
    })();
    expect([await client.pieces(pieces), held]).toEqual([211_000, 1000]);
    await end();
  });
});
