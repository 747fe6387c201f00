import { describe, expect, it } from "vitest";
import { openSession, RpcError, retain, transportPair } from "../src/index.ts";
import { hostile, type Loose, open, promised, recorded, turns } from "./sessions.ts";

/** What people who come from ioRPC rely on, in our words: docs/from-iorpc.md says which option became what. */
describe("for people who come from ioRPC", () => {
  it("R-12 G-07 an error shows where it was thrown over there, and who called here", async () => {
    const pair = open({
      outer() {
        return inner();
      },
    });
    function inner() {
      throw new ReferenceError("lost");
    }
    async function theCaller() {
      return await pair.remote.outer();
    }
    const error: Error = await theCaller().then(
      () => new Error("did not fail"),
      (thrown) => thrown,
    );
    expect(error.message).toBe("ReferenceError: lost");
    expect(error.stack).toMatch(/theCaller/);
    expect(error.stack).toMatch(/\(remote\) at .*inner/);
    await pair.done();
  });

  it("R-17 details of errors are told or hidden by exposeErrors, whatever the trust", async () => {
    for (const [exposeErrors, trusted, told] of [
      [undefined, true, true],
      [undefined, false, false],
      [true, false, true],
      [false, true, false],
    ] as const) {
      const errors: unknown[] = [];
      const onError = (error: unknown) => void errors.push(error);
      const pair = open(
        {
          fail() {
            throw new Error("secret detail");
          },
        },
        { traits: { trusted }, server: { onError, ...(exposeErrors !== undefined && { exposeErrors }) } },
      );
      const error = (await promised(pair.remote.fail()).catch((thrown: unknown) => thrown)) as RpcError;
      expect(error.message.includes("secret")).toBe(told);
      expect(error.cause !== undefined).toBe(told);
      // What the peer is not told of is told here, under the reference that the peer has.
      expect(errors).toHaveLength(told ? 0 : 1);
      await pair.done();
    }
  });

  it("R-14 R-15 nothing is evicted behind anybody's back: what would be one too many is refused, with a sentence", async () => {
    const kept: Loose[] = [];
    const pair = open({ keep: (fn: Loose) => void kept.push(retain(fn)) }, { server: { limits: { references: 3 } } });
    for (let n = 0; n < 3; n++) await pair.remote.keep(() => n);
    await expect(promised(pair.remote.keep(() => 3))).rejects.toMatchObject({
      ...{ code: "RESOURCE_EXHAUSTED", message: "the limit of 3 references is reached" },
    });
    expect(await Promise.all(kept.map((fn) => fn()))).toEqual([0, 1, 2]);
    for (const fn of kept) fn[Symbol.dispose]();
    await pair.done();
  });

  it("R-18 `this` is the call in plain functions; arrow functions, and those that bring their own, are left alone", async () => {
    const holder = {
      name: "its own",
      make() {
        return () => this.name;
      },
    };
    const bound = function (this: unknown) {
      return this;
    }.bind("mine");
    const pair = open({
      plain(this: { path: readonly string[] }) {
        return this.path;
      },
      arrow: holder.make(),
      bound,
    });
    expect(await pair.remote.plain()).toEqual(["plain"]);
    expect(await pair.remote.arrow()).toBe("its own");
    expect(await pair.remote.bound()).toBe("mine");
    await pair.done();
  });

  it("R-21 R-10 ids are never used again, and no name is reserved: functions may be called anything", async () => {
    const ids: unknown[] = [];
    let record: ReturnType<typeof recorded> | undefined;
    const api = { iorpcUnbind: () => 1, release: () => 2, close: () => 3, stats: () => 4, call: (fn: Loose) => fn() };
    const pair = open(api, {
      around: (it) => {
        record = recorded(it);
        return record;
      },
    });
    for (const [name, result] of Object.entries({ iorpcUnbind: 1, release: 2, close: 3, stats: 4 })) {
      expect(await pair.remote[name]()).toBe(result);
    }
    for (let n = 0; n < 10; n++) await pair.remote.call(() => n);
    for (const text of (record?.out ?? []).map((message) => JSON.stringify(message))) {
      const id = /\[\[16,\[0\],(\d+),0\]\]/.exec(text)?.[1];
      if (id) ids.push(id);
    }
    expect(new Set(ids).size).toBe(10);
    await pair.done();
  });

  it("R-23 R-24 R-25 what is bound can be counted, by kind, and goes to 0 with the session", async () => {
    const pair = open({ wait: (_fn: Loose) => new Promise(() => {}) });
    const calls = [1, 2].map(() => promised(pair.remote.wait(() => {})));
    const outcomes = Promise.allSettled(calls);
    await turns();
    expect(pair.client.stats()).toMatchObject({ calls: { inFlight: 2 }, exports: 2 });
    expect(pair.server.stats()).toMatchObject({ handlers: { running: 2 }, stubs: 2 });
    await pair.client.close();
    await turns();
    expect(pair.client.stats()).toMatchObject({ calls: { inFlight: 0 }, exports: 0 });
    expect(pair.server.stats()).toMatchObject({ handlers: { running: 2 }, stubs: 0 });
    expect(await outcomes).toMatchObject([{ reason: { code: "CANCELLED" } }, { reason: { code: "CANCELLED" } }]);
  });

  it("R-27 R-31 R-38 binary data of any depth crosses carriers with a largest message, beside callbacks and scalars", async () => {
    const pair = open(
      {
        take: async (all: Loose) => [
          all.parts[0].bytes.length,
          new Uint8Array(all.parts[1]).length,
          await all.fn(1),
          all.n,
        ],
      },
      { traits: { carries: "text", maxMessage: 16 * 1024 } },
    );
    const bytes = Uint8Array.from({ length: 100_000 }, (_, n) => n & 255);
    const result = await pair.remote.take({
      parts: [{ bytes }, bytes.buffer.slice(0, 1000)],
      fn: (n: number) => n + 1,
      n: 7,
    });
    expect(result).toEqual([100_000, 1000, 2, 7]);
    await pair.done();
  });

  it("R-32 raw bytes stay raw where the carrier clones, and a slice ships its own bytes alone", async () => {
    let record: ReturnType<typeof recorded> | undefined;
    const pair = open(
      { take: (bytes: Uint8Array) => bytes.buffer.byteLength },
      {
        around: (it) => {
          record = recorded(it);
          return record;
        },
      },
    );
    await pair.client.ready;
    const pool = new Uint8Array(8192).fill(7);
    expect(await pair.remote.take(pool.subarray(100, 104))).toBe(4);
    const sent = (record?.out ?? []).flat(3).find((part) => part instanceof Uint8Array) as Uint8Array;
    expect([sent.byteLength, sent.buffer.byteLength]).toEqual([4, 4]);
    await pair.done();
  });

  it("R-37 R-42 a message that cannot be read ends a session of its own with a reason, and the next one starts clean", async () => {
    const peer = hostile({}, {}, { traits: { carries: "text", trusted: false }, greet: false });
    peer.send("{ no JSON");
    await turns();
    expect(await peer.session.closed).toMatchObject({
      code: "PROTOCOL_ERROR",
      message: expect.stringContaining("expected JSON text"),
    });
    const fresh = open({ one: () => 1 });
    expect(await fresh.remote.one()).toBe(1);
    await fresh.done();
  });

  it("R-40 what is sent while something is being sent goes to the tail", async () => {
    const [here, there] = transportPair();
    const seen: number[] = [];
    const server = openSession(there, { expose: { note: (n: number) => void seen.push(n) } });
    let reentrant: (() => void) | undefined;
    const client = openSession(
      new Proxy(here, {
        get(target, key) {
          if (key === "send") {
            return (...args: Parameters<typeof here.send>) => {
              const again = reentrant;
              reentrant = undefined;
              again?.();
              target.send(...args);
            };
          }
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      }),
    );
    await client.ready;
    const remote = client.remote as Loose;
    const calls: Promise<unknown>[] = [];
    reentrant = () => void calls.push(promised(remote.note(2)));
    calls.push(promised(remote.note(1)));
    await turns();
    await Promise.all(calls);
    expect(seen).toEqual([1, 2]);
    await client.close();
    await server.close();
  });

  it("R-41 a send that throws rejects its call and leaves the others alone", async () => {
    const pair = open(
      { one: () => 1 },
      {
        around: (it) =>
          new Proxy(it, {
            get(target, key) {
              if (key === "send") {
                return (message: unknown, transfer?: readonly object[]) => {
                  if (JSON.stringify(message).includes("bad")) throw new RangeError("refused");
                  target.send(message, transfer);
                };
              }
              const value: unknown = Reflect.get(target, key, target);
              return typeof value === "function" ? value.bind(target) : value;
            },
          }),
      },
    );
    const [good, bad, also] = await Promise.allSettled(
      [pair.remote.one(1), pair.remote.one("bad"), pair.remote.one(2)].map(promised),
    );
    expect([good, also]).toMatchObject([{ value: 1 }, { value: 1 }]);
    expect(bad).toMatchObject({ reason: { code: "INVALID_ARGUMENT", delivered: "no", cause: expect.any(RangeError) } });
    expect(RpcError.is((bad as PromiseRejectedResult).reason)).toBe(true);
    await pair.done();
  });
});
