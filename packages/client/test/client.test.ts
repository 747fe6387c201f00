import { defineConnector, openSession, RpcError, transportPair } from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { type ClientOptions, createClient, onStatus, stats, status } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

describe("createClient", () => {
  it("O-06 and O-07 a client stands on any transport, which knows nothing of procedures", async () => {
    const { client, end } = wire({ add: (a: number, b: number) => a + b, deep: { er: { name: () => "er" } } });
    expect([await client.add(1, 2), await client.deep.er.name()]).toEqual([3, "er"]);
    await end();
  });

  it("R-05 sync and async functions are one, and what they throw arrives as it was thrown", async () => {
    const { client, end } = wire({
      sync: () => 1,
      async: async () => 2,
      throws: () => {
        throw new RangeError("sync");
      },
      rejects: () => Promise.reject(new RangeError("async")),
    });
    expect([await client.sync(), await client.async()]).toEqual([1, 2]);
    for (const call of [client.throws(), client.rejects()]) {
      const error = await failureOf(call);
      expect(RpcError.is(error)).toBe(true);
      expect(error.cause).toBeInstanceOf(RangeError);
    }
    await end();
  });

  it("O-07 takes an open session, which stays its owner's", async () => {
    const [here, there] = transportPair();
    const server = openSession(there, { expose: { one: () => 1 } });
    const session = openSession(here);
    const client = createClient<{ one(): number }>(session);
    expect(await client.one()).toBe(1);
    const states: string[] = [];
    onStatus(client, ({ state }) => states.push(state));
    await client.close();
    await client.close();
    expect([states, status(client).state, stats(client)]).toEqual([["closed"], "closed", undefined]);
    expect(await failureOf(client.one())).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    expect(session.ended).toBeUndefined();

    const stop = new AbortController();
    const next = createClient<{ one(): number }>(session, { signal: stop.signal });
    expect(await next.one()).toBe(1);
    stop.abort();
    expect(await failureOf(next.one())).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    await session.close();
    await server.closed;
  });

  it("exposes an API of its own, presents metadata, and hears its status change", async () => {
    const seen: string[] = [];
    const { client, server, end } = wire(
      {
        ask(this: { remote: { name(): Promise<string> } }) {
          return this.remote.name();
        },
      },
      { expose: { name: () => "ada" }, metadata: async () => ({ user: 7 }) },
    );
    const stop = onStatus(client, ({ state }) => seen.push(state));
    expect(status(client)).toEqual({ state: "connecting" });
    expect(await client.ask()).toBe("ada");
    expect(server.peer.metadata).toEqual({ user: 7 });
    expect(status(client)).toEqual({ state: "ready" });
    await end();
    expect(status(client)).toMatchObject({ state: "closed", reason: { code: "OK", by: "local" } });
    stop();
    expect(seen).toEqual(["ready", "closed"]);
  });

  it("rejects what is in flight when it is closed, and all later calls with UNAVAILABLE, not delivered", async () => {
    const { client, server } = wire({ never: () => new Promise(() => {}) });
    const call = client.never();
    const failed = failureOf(call);
    await server.ready;
    await client.close();
    expect(await failed).toMatchObject({ code: "CANCELLED" });
    expect(await failureOf(client.never())).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    await client.close();
    expect((await server.closed).by).toBe("remote");
    expect(server.stats().handlers.running).toBeLessThanOrEqual(1);
  });

  it("closes when its signal aborts, also one that has aborted already", async () => {
    const controller = new AbortController();
    const { client, server } = wire({ one: () => 1 }, { signal: controller.signal });
    expect(await client.one()).toBe(1);
    controller.abort();
    await server.closed;
    expect(status(client).state).toBe("closed");
    const late = wire({ one: () => 1 }, { signal: AbortSignal.abort() });
    expect(await failureOf(late.client.one())).toMatchObject({ code: "UNAVAILABLE" });
  });

  it("is disposed at the end of its scope", async () => {
    const { client, server } = wire({ one: () => 1 });
    {
      await using own = client;
      expect(await own.one()).toBe(1);
    }
    expect((await server.closed).code).toBe("OK");
  });

  it("counts nothing when all is done", async () => {
    const { client, end } = wire({ one: () => 1 });
    await Promise.all([client.one(), client.one()]);
    expect(stats(client)).toMatchObject({
      calls: { inFlight: 0, queued: 0, open: 0 },
      exports: 0,
      stubs: 0,
      streams: 0,
    });
    await end();
    expect(stats(client)).toBeUndefined();
  });

  it("F-29 outgoing interceptors wrap every call: they change it, repeat it, answer it, and see its end", async () => {
    const log: string[] = [];
    const interceptors: ClientOptions["interceptors"] = {
      outgoing: [
        async (call, next) => {
          log.push(`> ${call.path.join(".")}`);
          const result = await next({ ...call, metadata: { trace: "t1" } });
          log.push(`< ${String(result)}`);
          return result;
        },
        (call, next) => (call.path[0] === "cached" ? "from here" : next()),
      ],
    };
    const { client, entries, end } = wire(
      {
        trace(this: { metadata: { trace: string } }) {
          return this.metadata.trace;
        },
        cached: () => "from there",
      },
      { interceptors },
    );
    expect([await client.trace(), await client.cached()]).toEqual(["t1", "from here"]);
    expect(log).toEqual(["> trace", "< t1", "> cached", "< from here"]);
    expect(entries.filter(({ kind }) => kind === "call")).toHaveLength(1);
    await end();
  });

  it("an interceptor that throws rejects that call and no other", async () => {
    const { client, end } = wire(
      { good: () => 1, bad: () => 2 },
      {
        interceptors: {
          outgoing: [
            (call, next) => {
              if (call.path[0] === "bad") throw new TypeError("no");
              return next();
            },
          ],
        },
      },
    );
    expect(await failureOf(client.bad())).toMatchObject({ code: "INTERNAL", cause: expect.any(TypeError) });
    expect(await client.good()).toBe(1);
    await end();
  });

  it("O-27 calls of one turn travel together, and so do their answers; nobody waits for the slow one among them", async () => {
    const [here, there] = transportPair();
    const [out, back] = [vi.spyOn(here, "send"), vi.spyOn(there, "send")];
    let finish = () => {};
    const server = openSession(there, {
      expose: { slow: () => new Promise<void>((resolve) => (finish = resolve)), add: (a: number, b: number) => a + b },
    });
    const client = createClient<{ slow(): Promise<void>; add(a: number, b: number): number }>(here);
    await client.add(0, 0);
    const [sent, answered] = [out.mock.calls.length, back.mock.calls.length];
    const slow = client.slow();
    const sums = await Promise.all(Array.from({ length: 200 }, (_, index) => client.add(index, 1)));
    expect(sums.at(-1)).toBe(200);
    expect(out.mock.calls.length - sent).toBeLessThan(20);
    expect(back.mock.calls.length - answered).toBeLessThan(20);
    finish();
    await slow;
    await client.close();
    await server.closed;
  });

  it("R-05 a failure that nobody reads is told once, and never as an unhandled rejection", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const onError = vi.fn();
    const { client, end } = wire({ boom: () => Promise.reject(new Error("unread")) }, { onError });
    client.boom();
    await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce());
    expect(onError.mock.calls[0]?.[1]).toMatchObject({ path: ["boom"] });
    await end();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("two copies of the package", () => {
  it("get along: one tells how a client of the other is doing, and gives it options", async () => {
    const copy: string = "../dist/index.js";
    const other = (await import(copy)) as typeof import("../src/index.ts");
    expect(other.createClient).not.toBe(createClient);
    const { client, end } = wire({ one: () => 1 });
    expect(await other.withOptions(client, { timeout: 1000 }).one()).toBe(1);
    expect(other.status(client)).toEqual({ state: "ready" });
    expect((await other.safe(client.one())).data).toBe(1);
    await end();
  });
});

describe("concurrency", () => {
  it("F-32 holds calls back here beyond so many in flight, pipelined ones included, and refuses none at all", async () => {
    let running = 0;
    let most = 0;
    const { client, end } = wire(
      {
        async work(n: number) {
          most = Math.max(most, ++running);
          await Promise.resolve();
          running--;
          return { next: () => n + 1 };
        },
      },
      { concurrency: 2 },
    );
    const results = await Promise.all([1, 2, 3, 4, 5].map((n) => client.work(n).next()));
    expect([results, running]).toEqual([[2, 3, 4, 5, 6], 0]);
    expect(most).toBeLessThanOrEqual(2);
    await end();
    expect(() => wire({}, { concurrency: 0 })).toThrow("expected concurrency to be at least 1, got 0");
  });
});

describe("stats", () => {
  it("opens no connection, not even that of a lazy connector", async () => {
    let dials = 0;
    const lazy = defineConnector(
      () => {
        dials++;
        return transportPair()[0];
      },
      { lazy: true },
    );
    const client = createClient<Record<string, never>>(lazy);
    expect(stats(client)).toBeUndefined();
    expect(dials).toBe(0);
    await client.close();
  });
});
