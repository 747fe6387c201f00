import {
  type Call,
  openSession,
  RpcError,
  type RpcTarget,
  release,
  retain,
  type Session,
  type Transport,
  transportPair,
} from "@portolan/protocol";
import fc from "fast-check";
import { expect, vi } from "vitest";
import { chaos } from "../src/index.ts";
import { withCallOptions } from "../src/with-call-options.ts";
import { Counter } from "./counter.ts";

/** One step of an interleaving. */
export type Step =
  | { readonly do: "call"; readonly how: number; readonly abortAfter: number; readonly timeout: number }
  | { readonly do: "stream"; readonly items: number; readonly read: number; readonly end: number }
  | { readonly do: "send"; readonly items: number; readonly take: number }
  | { readonly do: "keep" | "give back" | "callKept" | "target" | "signal" | "close near" | "close far" | "drain" }
  | { readonly do: "wait"; readonly ms: number };

/** What a run is made of. */
export interface Plan {
  readonly seed: number;
  readonly delay: number;
  /** What the channel does wrong, one message in twenty. */
  readonly trouble: "none" | "drop" | "duplicate" | "reorder" | "throwOnSend";
  readonly carries: "clone" | "text";
  readonly trusted: boolean;
  readonly steps: readonly Step[];
}

const ms = (max: number) => fc.nat({ max });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("call" as const),
      how: ms(7),
      abortAfter: fc.oneof(fc.constant(-1), ms(30)),
      timeout: fc.oneof(fc.constant(-1), ms(40)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("stream" as const), items: ms(600), read: ms(40), end: ms(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("send" as const), items: ms(600), take: ms(20) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "keep" as const,
        "give back" as const,
        "callKept" as const,
        "target" as const,
        "signal" as const,
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: ms(25) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("close near" as const, "close far" as const, "drain" as const) }),
  },
);

/** Any interleaving of calls, aborts, deadlines, streams, holds and ends, over a channel that delays. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.integer(),
  delay: ms(12),
  trouble: fc.constantFrom("none", "none", "none", "drop", "duplicate", "reorder", "throwOnSend"),
  carries: fc.constantFrom("clone" as const, "text" as const),
  trusted: fc.boolean(),
  steps: fc.array(step, { minLength: 3, maxLength: 24 }),
});

/** Runs a plan in fake time, and checks what must hold for every one. */
export async function runPlan(plan: Plan): Promise<void> {
  const run = new Run(plan);
  for (const each of plan.steps) run.take(each);
  await vi.advanceTimersByTimeAsync(0);
  for (const each of run.later.splice(0)) {
    await vi.advanceTimersByTimeAsync(each.wait);
    run.now(each.step);
  }
  await run.finish();
}

interface Tracked {
  readonly key: string;
  settled: number;
  ok: boolean;
}

class Run {
  readonly later: { wait: number; step: Step }[] = [];
  readonly #calls: Tracked[] = [];
  readonly #ran = new Map<string, number>();
  readonly #finallies = new Map<string, number>();
  readonly #near: Session<Api>;
  readonly #far: Session;
  readonly #ends: readonly Transport[];
  #kept: ((n: number) => unknown)[] = [];

  constructor({ seed, delay, trouble, carries, trusted }: Plan) {
    const luck = { delay, ...(trouble !== "none" && { [trouble]: 0.05 }) };
    const [here, there] = transportPair({ traits: { carries, trusted } });
    this.#ends = [here, there];
    const quiet = { onError: () => {} };
    this.#far = openSession(chaos(there, { seed, ...luck }), { expose: this.#api(), ...quiet });
    this.#near = openSession<Api>(chaos(here, { seed: seed + 1, ...luck }), quiet);
  }

  take(each: Step): void {
    if (each.do === "wait") this.later.push({ wait: each.ms, step: each });
    else this.later.push({ wait: 0, step: each });
  }

  now(each: Step): void {
    const { remote } = this.#near;
    const key = `${this.#calls.length}`;
    switch (each.do) {
      case "call":
        return this.#call(each, key);
      case "stream":
        return this.#track(
          key,
          this.#readSome(remote.numbers(key, each.items) as unknown as AsyncIterable<number>, each),
        );
      case "send":
        return this.#track(key, remote.take(this.#source(key, each.items), key, each.take));
      case "keep":
        return this.#track(
          key,
          remote.keep(key, (n: number) => n),
        );
      case "callKept":
        return this.#track(key, remote.callKept(key));
      case "give back":
        return this.#track(key, remote.giveBack(key));
      case "target":
        return this.#track(key, this.#useTarget(remote.counter(key)));
      case "signal":
        return this.#signal(key);
      case "close near":
        return void this.#near.close();
      case "close far":
        return void this.#far.close();
      case "drain":
        return void this.#far.close({ drain: 20 });
      case "wait":
    }
  }

  async finish(): Promise<void> {
    await vi.advanceTimersByTimeAsync(400);
    await this.#near.close();
    await vi.advanceTimersByTimeAsync(200);
    await this.#far.close();
    await vi.advanceTimersByTimeAsync(50);
    for (const { key, settled, ok } of this.#calls) {
      expect(settled, `call ${key} settles once`).toBe(1);
      const runs = this.#ran.get(key) ?? 0;
      expect(runs, `the handler of call ${key}`).toBeLessThanOrEqual(1);
      if (ok) expect(runs, `call ${key} was answered`).toBe(1);
    }
    for (const [key, times] of this.#finallies) expect(times, `finally of ${key}`).toBe(1);
    for (const session of [this.#near, this.#far]) expect(JSON.stringify(session.stats())).not.toMatch(/:[1-9]/);
    for (const end of this.#ends) expect(end.ended).toBeDefined();
  }

  #track(key: string, call: PromiseLike<unknown>): void {
    const tracked: Tracked = { key, settled: 0, ok: false };
    this.#calls.push(tracked);
    call.then(
      () => {
        tracked.settled++;
        tracked.ok = true;
      },
      (error: unknown) => {
        tracked.settled++;
        expect(RpcError.is(error), String(error)).toBe(true);
      },
    );
  }

  #call({ how, abortAfter, timeout }: Extract<Step, { do: "call" }>, key: string): void {
    const abort = new AbortController();
    const options = { ...(timeout >= 0 && { timeout }), ...(abortAfter >= 0 && { signal: abort.signal }) };
    if (abortAfter >= 0) setTimeout(() => abort.abort(), abortAfter);
    this.#track(
      key,
      withCallOptions(this.#near.remote.run, options)(key, how, (n: number) => n + 1),
    );
  }

  #signal(key: string): void {
    const abort = new AbortController();
    setTimeout(() => abort.abort("enough"), 7);
    this.#track(key, this.#near.remote.waitFor(key, abort.signal));
  }

  async #readSome(stream: AsyncIterable<number>, { read, end }: { read: number; end: number }): Promise<void> {
    let count = 0;
    for await (const _ of stream) if (++count > read && end > 0) break;
  }

  async #useTarget(target: Promise<RpcTarget & { increase(): Promise<number> }>): Promise<void> {
    const counter = await target;
    try {
      await counter.increase();
    } finally {
      release(counter);
    }
  }

  async *#source(key: string, items: number): AsyncGenerator<number> {
    try {
      for (let n = 0; n < items; n++) yield n;
    } finally {
      this.#finallies.set(`our ${key}`, (this.#finallies.get(`our ${key}`) ?? 0) + 1);
    }
  }

  #count(key: string): void {
    this.#ran.set(key, (this.#ran.get(key) ?? 0) + 1);
  }

  #api() {
    const run = this;
    return {
      async run(this: Call, key: string, how: number, callback: (n: number) => Promise<number>) {
        run.#count(key);
        if (how === 1) throw new RpcError("ABORTED", "no");
        if (how === 2) await new Promise((resolve) => setTimeout(resolve, 15));
        if (how === 3) return await callback(1);
        if (how === 4) return (await Promise.all([callback(1), callback(2), callback(3)])).length;
        const { signal } = this;
        if (how === 5) return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        return how === 6 ? () => key : key;
      },
      numbers: (key: string, items: number) => {
        run.#count(key);
        return run.#source(key, items);
      },
      async take(stream: AsyncIterable<number>, key: string, count: number) {
        run.#count(key);
        let seen = 0;
        for await (const _ of stream) if (++seen >= count) break;
        return seen;
      },
      keep: (key: string, callback: (n: number) => unknown) => {
        run.#count(key);
        run.#kept.push(retain(callback));
      },
      callKept: async (key: string) => {
        run.#count(key);
        return run.#kept[0]?.(1);
      },
      giveBack: (key: string) => {
        run.#count(key);
        release(run.#kept.shift());
      },
      counter: (key: string) => {
        run.#count(key);
        return new Counter();
      },
      waitFor: (key: string, signal: AbortSignal) => {
        run.#count(key);
        return new Promise<string>((resolve) => {
          if (signal.aborted) resolve("at once");
          signal.addEventListener("abort", () => resolve("aborted"));
        });
      },
    };
  }
}

interface Api {
  run(key: string, how: number, callback: (n: number) => number): Promise<unknown>;
  numbers(key: string, items: number): Promise<unknown> & AsyncIterable<number>;
  take(stream: AsyncIterable<number>, key: string, count: number): Promise<number>;
  keep(key: string, callback: (n: number) => number): Promise<void>;
  callKept(key: string): Promise<unknown>;
  giveBack(key: string): Promise<void>;
  counter(key: string): Promise<RpcTarget & { increase(): Promise<number> }>;
  waitFor(key: string, signal: AbortSignal): Promise<string>;
}
