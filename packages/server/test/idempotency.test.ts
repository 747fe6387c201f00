import { nodeOf, openSession } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { type Call, type IdempotencyOptions, idempotency, serve } from "../src/index.ts";
import { failureOf, memoryListener } from "./wire.ts";

function counting(options?: IdempotencyOptions) {
  let count = 0;
  let finish = () => {};
  const api = {
    add: () => ++count,
    later: () =>
      new Promise<number>((resolve) => {
        count++;
        finish = () => resolve(count);
      }),
    fail: () => {
      count++;
      throw new Error("no");
    },
    live: () => {
      count++;
      return () => 7;
    },
    large: () => {
      count++;
      return "x".repeat(1000);
    },
    giveUp(this: Call) {
      count++;
      return new Promise<void>((_, reject) => {
        this.signal.addEventListener("abort", () => reject(this.signal.reason));
      });
    },
  };
  const listener = memoryListener();
  const server = serve(listener, api, { interceptors: { incoming: [idempotency(options)] } });
  const dial = (metadata?: unknown) => {
    const session = openSession(listener.dial(true), { metadata });
    const call = (name: keyof typeof api, key?: string, signal?: AbortSignal): Promise<unknown> => {
      const node = nodeOf((session.remote as Record<string, unknown>)[name]);
      if (!node) throw new Error("expected a stub");
      const result = node.base
        .call(node, [], { ...(key !== undefined && { key }), ...(signal && { signal }) })
        .promise();
      result.catch(() => {});
      return result;
    };
    return { session, call };
  };
  return { server, dial, count: () => count, finish: () => finish() };
}

describe("idempotency", () => {
  it("runs calls with one key once, whoever asks, and calls without a key each time", async () => {
    const { server, dial, count } = counting();
    const [one, two] = [dial(), dial()];
    expect([await one.call("add", "k"), await one.call("add", "k"), await two.call("add", "k")]).toEqual([1, 1, 1]);
    expect([await one.call("add"), await one.call("add"), await two.call("add", "other")]).toEqual([2, 3, 4]);
    expect(count()).toBe(4);
    await server.close();
  });

  it("F-23 gives a call that comes again after its connection broke the answer of the first", async () => {
    const { server, dial, count, finish } = counting();
    const first = dial();
    const lost = failureOf(first.call("later", "k"));
    await first.session.ping();
    await first.session.close();
    expect(await lost).toMatchObject({ code: "CANCELLED" });
    const second = dial();
    const again = second.call("later", "k");
    await second.session.ping();
    finish();
    expect([await again, count()]).toEqual([1, 1]);
    await server.close();
  });

  it("remembers failures, and forgets a call that gave up", async () => {
    const { server, dial, count } = counting();
    const { session, call } = dial();
    for (let i = 0; i < 2; i++) expect(await failureOf(call("fail", "k"))).toMatchObject({ code: "INTERNAL" });
    expect(count()).toBe(1);
    for (let i = 2; i < 4; i++) {
      const controller = new AbortController();
      const gone = failureOf(call("giveUp", "g", controller.signal));
      await session.ping();
      expect(count()).toBe(i);
      controller.abort();
      expect(await gone).toMatchObject({ code: "CANCELLED" });
      await session.ping();
    }
    await server.close();
  });

  it("refuses to give a second time what is live or too large, and runs it once all the same", async () => {
    const { server, dial, count } = counting({ bytes: 500 });
    const { call } = dial();
    for (const name of ["live", "large"] as const) {
      const before = count();
      await call(name, "k");
      expect(await failureOf(call(name, "k"))).toMatchObject({ code: "FAILED_PRECONDITION" });
      expect(count()).toBe(before + 1);
    }
    await server.close();
  });

  it("keeps scopes apart", async () => {
    const { server, dial } = counting({ scope: (call) => String(call.peer.metadata) });
    const [ada, bob] = [dial("ada"), dial("bob")];
    expect([await ada.call("add", "k"), await bob.call("add", "k"), await ada.call("add", "k")]).toEqual([1, 2, 1]);
    await server.close();
  });

  it("is bounded: the oldest answers go first, and old ones go by themselves", async () => {
    const { server, dial } = counting({ max: 2 });
    const { call } = dial();
    for (const key of ["a", "b", "c"]) await call("add", key);
    expect([await call("add", "c"), await call("add", "b"), await call("add", "a")]).toEqual([3, 2, 4]);
    await server.close();
    const long = counting();
    expect(await failureOf(long.dial().call("add", "k".repeat(257)))).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect([await long.dial().call("add", "k".repeat(256)), long.count()]).toEqual([1, 1]);
    await long.server.close();
    const short = counting({ ttl: 0 });
    const { call: again } = short.dial();
    expect([await again("add", "k"), await again("add", "k")]).toEqual([1, 2]);
    await short.server.close();
  });
});
