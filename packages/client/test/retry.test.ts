import { RpcError, transfer } from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { type ClientOptions, type RetryOptions, retry, withOptions } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

const quick: RetryOptions = { backoff: { first: 1, longest: 1 } };
const outgoing = (options: RetryOptions = {}): ClientOptions => ({
  interceptors: { outgoing: [retry({ ...quick, ...options })] },
});

/** A procedure that fails so often before it answers with the number of its runs. */
function flaky(failures: number, error: () => unknown) {
  let runs = 0;
  return {
    run: (..._args: unknown[]) => {
      if (++runs <= failures) throw error();
      return runs;
    },
    runs: () => runs,
  };
}

const busy = () => new RpcError("UNAVAILABLE", "busy");

describe("retry", () => {
  it("O-27 repeats what failed for the moment and is idempotent, up to so many attempts", async () => {
    const twice = flaky(2, busy);
    const always = flaky(9, busy);
    const { client, end } = wire({ twice: twice.run, always: always.run }, outgoing({ idempotent: () => true }));
    expect(await client.twice()).toBe(3);
    expect(await failureOf(client.always())).toMatchObject({ code: "UNAVAILABLE" });
    expect(always.runs()).toBe(3);
    await end();
  });

  it("does not repeat what may have run: neither idempotent nor keyed, nor of another code", async () => {
    const plain = flaky(1, busy);
    const keyed = flaky(1, busy);
    const broken = flaky(1, () => new RpcError("INTERNAL", "broken"));
    const { client, end } = wire(
      { plain: plain.run, keyed: keyed.run, broken: broken.run },
      outgoing({ idempotent: ({ path }) => path[0] === "broken" }),
    );
    expect(await failureOf(client.plain())).toMatchObject({ code: "UNAVAILABLE", delivered: "yes" });
    expect(await failureOf(client.broken())).toMatchObject({ code: "INTERNAL" });
    expect(await withOptions(client.keyed, { key: "k" })()).toBe(2);
    expect([plain.runs(), broken.runs()]).toEqual([1, 1]);
    await end();
  });

  it("repeats what was certainly not delivered", async () => {
    let attempts = 0;
    const { client, end } = wire(
      { one: () => 1 },
      {
        interceptors: {
          outgoing: [
            retry(quick),
            (_call, next) => {
              if (++attempts < 3) throw new RpcError("UNAVAILABLE", "no connection", { delivered: "no" });
              return next();
            },
          ],
        },
      },
    );
    expect([await client.one(), attempts]).toEqual([1, 3]);
    await end();
  });

  it("reads from a contract what is idempotent", async () => {
    const definition = Symbol.for("portolan.definition");
    const [yes, no] = [flaky(1, busy), flaky(1, busy)];
    const contract = {
      deep: { yes: { [definition]: { idempotent: true } }, no: { [definition]: { idempotent: false } } },
    };
    const { client, end } = wire({ deep: { yes: yes.run, no: no.run } }, outgoing({ idempotent: contract }));
    expect(await client.deep.yes()).toBe(2);
    expect(await failureOf(client.deep.no())).toMatchObject({ code: "UNAVAILABLE" });
    await end();
  });

  it("O-27 honours retryAfter of RESOURCE_EXHAUSTED, which asks for it", async () => {
    const limited = flaky(1, () => new RpcError("RESOURCE_EXHAUSTED", "slow down", { data: { retryAfter: 30 } }));
    const { client, end } = wire({ limited: limited.run }, outgoing());
    const started = performance.now();
    expect(await client.limited()).toBe(2);
    expect(performance.now() - started).toBeGreaterThan(25);
    await end();
  });

  it("spreads those who are told the same retryAfter: never sooner, and up to a quarter later", async () => {
    const waits: number[] = [];
    const setTimeout = globalThis.setTimeout;
    vi.stubGlobal("setTimeout", (run: () => void, ms: number) => {
      waits.push(ms);
      return setTimeout(run, 0);
    });
    for (const random of [0, 0.5, 0.999]) {
      const limited = flaky(1, () => new RpcError("RESOURCE_EXHAUSTED", "slow down", { data: { retryAfter: 1200 } }));
      const { client } = wire({ limited: limited.run }, outgoing({ backoff: { random: () => random } }));
      expect(await client.limited()).toBe(2);
      await client.close();
    }
    // The clocks of the sessions themselves are set to other times.
    expect(waits.filter((ms) => ms >= 1200 && ms < 2000).map(Math.round)).toEqual([1200, 1350, 1500]);
  });

  it("never repeats a call that moved something or sent a stream", async () => {
    const moved = flaky(1, busy);
    const streamed = flaky(1, busy);
    const { client, end } = wire({ moved: moved.run, streamed: streamed.run }, outgoing({ idempotent: () => true }));
    const bytes = transfer(new Uint8Array(8));
    expect(await failureOf(client.moved({ deep: [bytes] }))).toMatchObject({ code: "UNAVAILABLE" });
    expect(bytes.byteLength).toBe(0);
    expect(await failureOf(client.streamed((async function* () {})()))).toMatchObject({ code: "UNAVAILABLE" });
    expect([moved.runs(), streamed.runs()]).toEqual([1, 1]);
    await end();
  });

  it("counts the call's timeout and signal for all attempts together", async () => {
    const slow = flaky(9, busy);
    const options = outgoing({ idempotent: () => true, attempts: 9, backoff: { first: 10_000, random: () => 1 } });
    const { client, end } = wire({ slow: slow.run }, options);
    expect(await failureOf(withOptions(client.slow, { timeout: 1000 })())).toMatchObject({ code: "UNAVAILABLE" });
    const controller = new AbortController();
    const call = failureOf(withOptions(client.slow, { signal: controller.signal })());
    while (slow.runs() < 2) await new Promise(setImmediate);
    setImmediate(() => controller.abort());
    expect(await call).toMatchObject({ code: "CANCELLED", cause: { code: "UNAVAILABLE" } });
    expect(slow.runs()).toBe(2);
    await end();
  });
});

describe("a client that closes between two attempts", () => {
  const backoff = { first: 60_000, longest: 60_000 };
  const down = {
    pay() {
      throw new RpcError("UNAVAILABLE", "high tide");
    },
  };

  it("rejects the calls that wait, at once, with what went wrong so far, and leaves no timer", async () => {
    vi.useFakeTimers();
    try {
      const { client, end } = wire(down, { interceptors: { outgoing: [retry({ idempotent: () => true, backoff })] } });
      const calls = Array.from({ length: 20 }, () => failureOf(client.pay()));
      await vi.waitFor(() => expect(vi.getTimerCount()).toBe(20), { interval: 1 });
      await client.close();
      for (const error of await Promise.all(calls)) {
        expect(error).toMatchObject({ code: "CANCELLED", message: "closed by this side" });
        expect(error.cause).toMatchObject({ code: "UNAVAILABLE", message: "high tide" });
      }
      expect(vi.getTimerCount()).toBe(0);
      await end();
    } finally {
      vi.useRealTimers();
    }
  });

  it("tells an interceptor of the user's by call.ended", async () => {
    let ended: AbortSignal | undefined;
    const { client, end } = wire(
      { ping: () => "pong" },
      {
        interceptors: {
          outgoing: [
            (call, next) => {
              ended = call.ended;
              return next();
            },
          ],
        },
      },
    );
    expect(await client.ping()).toBe("pong");
    expect(ended?.aborted).toBe(false);
    await client.close();
    expect(ended?.reason).toMatchObject({ code: "CANCELLED" });
    await end();
  });
});
