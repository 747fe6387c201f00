import { afterEach, describe, expect, it, vi } from "vitest";
import { metaOf, RpcError, withMeta } from "../src/index.ts";
import { source } from "./counting-source.ts";
import { collected, type Loose, open, recorded, turns, withOptions } from "./sessions.ts";

async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

afterEach(() => vi.useRealTimers());

describe("a stream from a call", () => {
  it("M-20 gives every item in order, then its return value, without an await before the call", async () => {
    const { generate, counts } = source(1000);
    const pair = open({ list: generate });
    expect(await all(pair.remote.list())).toEqual(Array.from({ length: 1000 }, (_, n) => n));
    const stream = await pair.remote.list();
    for (let n = 0; n < 1000; n++) await stream.next();
    expect(await stream.next()).toEqual({ done: true, value: "the end" });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(counts.finished).toBe(2);
    await pair.done();
  });

  it.each([
    [
      "break",
      async (stream: Loose) => {
        for await (const item of stream) if (item === 3) break;
      },
    ],
    [
      "return()",
      async (stream: Loose) => {
        await stream.next();
        await stream.return();
      },
    ],
    [
      "throw()",
      async (stream: Loose) => {
        await stream.next();
        await expect(stream.throw(new Error("reader"))).rejects.toThrow("reader");
      },
    ],
    [
      "await using",
      async (stream: Loose) => {
        await stream.next();
        await stream[Symbol.asyncDispose]();
      },
    ],
    ["a return() before it was read", async (stream: Loose) => void (await stream.return())],
  ])("ends by %s, and the producer's finally runs exactly once", async (name, end) => {
    const { generate, counts } = source(Number.POSITIVE_INFINITY);
    const pair = open({ list: generate });
    await end(await pair.remote.list());
    await turns();
    // A generator that never began has no finally to run.
    expect(counts.finished).toBe(name.includes("before") ? 0 : 1);
    await pair.done();
  });

  it("ends by what its producer throws, after the items that came before", async () => {
    const pair = open({
      async *list() {
        yield 1;
        yield 2;
        throw new RpcError("NOT_FOUND", "the third is missing");
      },
    });
    const items: unknown[] = [];
    const read = async () => {
      for await (const item of pair.remote.list()) items.push(item);
    };
    await expect(read()).rejects.toMatchObject({ code: "NOT_FOUND", message: "the third is missing" });
    expect(items).toEqual([1, 2]);
    await pair.done();
  });

  it("ends by the abort of its call, although that has been answered", async () => {
    const { generate, counts } = source(Number.POSITIVE_INFINITY);
    const pair = open({ list: generate });
    const controller = new AbortController();
    const stream = await withOptions(pair.remote.list, { signal: controller.signal })();
    await stream.next();
    controller.abort(new Error("enough"));
    await expect(stream.next()).rejects.toMatchObject({ code: "CANCELLED", cause: { message: "enough" } });
    await turns();
    expect(counts.finished).toBe(1);
    await pair.done();
  });

  it("ends by the end of the session, at both ends", async () => {
    const { generate, counts } = source(Number.POSITIVE_INFINITY);
    const pair = open({ list: generate });
    const stream = await pair.remote.list();
    await stream.next();
    pair.transports[1].close({ code: "UNAVAILABLE", message: "gone", by: "platform" });
    await turns();
    await expect(all(stream)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(counts.finished).toBe(1);
  });

  it("its handler's signal aborts when its consumer wants no more", async () => {
    let signal: AbortSignal | undefined;
    const pair = open({
      async *list(this: { signal: AbortSignal }) {
        signal = this.signal;
        for (let n = 0; ; n++) yield n;
      },
    });
    for await (const item of pair.remote.list()) if (item === 1) break;
    await turns();
    expect(signal?.aborted).toBe(true);
    await pair.done();
  });

  it("ends by idleTimeout when no item comes, and the producer hears of it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let finished = 0;
    const pair = open({
      async *list(this: { signal: AbortSignal }) {
        try {
          yield 1;
          await new Promise((resolve) => this.signal.addEventListener("abort", resolve));
        } finally {
          finished++;
        }
      },
    });
    const stream = await withOptions(pair.remote.list, { idleTimeout: 300 })();
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    const next = stream.next().catch((error: unknown) => error);
    vi.advanceTimersByTime(299);
    await turns();
    vi.advanceTimersByTime(1);
    expect(await next).toMatchObject({ code: "DEADLINE_EXCEEDED", message: "the stream gave no item for 300 ms" });
    await turns();
    expect(finished).toBe(1);
    vi.runOnlyPendingTimers();
    vi.useRealTimers();
    await pair.done();
  });

  it("O-16 carries the meta of its items, in both modes", async () => {
    for (const traits of [{}, { carries: "text", trusted: false }] as const) {
      const pair = open(
        {
          async *events() {
            yield withMeta({ n: 1 }, { id: "first", retry: 500 });
            yield 2;
            yield withMeta(3, { id: "third" });
          },
        },
        { traits },
      );
      const stream = await pair.remote.events();
      const seen: unknown[] = [];
      for await (const item of stream) seen.push([item, metaOf(stream), metaOf(item)]);
      expect(seen).toEqual([
        [{ n: 1 }, { id: "first", retry: 500 }, { id: "first", retry: 500 }],
        [2, undefined, undefined],
        [3, { id: "third" }, undefined],
      ]);
      await pair.done();
    }
  });

  it("O-16 keeps the meta of its items, its return value and its error when it is sent on to a third party", async () => {
    let finished = 0;
    const first = open({
      async *events(fail: boolean) {
        try {
          yield withMeta({ n: 1 }, { id: "first", retry: 500 });
          yield 2;
          if (fail) throw new RangeError("no more");
          yield withMeta(3, { id: "third" });
          return "all";
        } finally {
          finished++;
        }
      },
    });
    const middle = open({ events: async (fail: boolean) => await first.remote.events(fail) });
    const stream = await middle.remote.events(false);
    const seen: unknown[] = [];
    for (let step = await stream.next(); ; step = await stream.next()) {
      seen.push([step.value, metaOf(stream)]);
      if (step.done) break;
    }
    expect(seen).toEqual([
      [{ n: 1 }, { id: "first", retry: 500 }],
      [2, undefined],
      [3, { id: "third" }],
      ["all", { id: "third" }],
    ]);
    const failing = await middle.remote.events(true);
    await failing.next();
    await failing.next();
    expect(await failing.next().catch((error: unknown) => error)).toMatchObject({ cause: { message: "no more" } });
    const left = await middle.remote.events(false);
    await left.next();
    await left.return();
    await turns();
    expect(finished).toBe(3);
    await middle.done();
    await first.done();
  });

  it("that nobody reads is given up when it is collected", async () => {
    const { generate } = source(Number.POSITIVE_INFINITY);
    const pair = open({ list: generate });
    await (async () => void (await pair.remote.list()))();
    await collected(() => pair.server.stats().streams === 0);
    await pair.done();
  });

  it("F-26 items that move are moved, and those that hold functions own them", async () => {
    const pair = open({
      async *list() {
        yield { buffer: new Uint8Array([1, 2, 3]), fn: () => "called" };
      },
    });
    for await (const { buffer, fn } of pair.remote.list()) {
      expect(buffer).toEqual(new Uint8Array([1, 2, 3]));
      expect(await fn()).toBe("called");
      fn[Symbol.dispose]();
    }
    await pair.done();
  });
});

describe("credit", () => {
  it("nothing is pulled before somebody reads, and never more than the window ahead", async () => {
    const { generate, counts } = source(Number.POSITIVE_INFINITY);
    const pair = open({ list: generate }, { client: { limits: { windowItems: 10, maxWindowItems: 20 } } });
    const stream = await pair.remote.list();
    await turns();
    expect(counts.pulled).toBe(0);
    await stream.next();
    await turns(20);
    expect(counts.pulled).toBe(10);
    for (let n = 0; n < 50; n++) await stream.next();
    await turns(20);
    expect(counts.pulled).toBeLessThanOrEqual(51 + 20);
    await stream.return();
    await pair.done();
  });

  it("bytes count as well as items", async () => {
    const { generate, counts } = source(Number.POSITIVE_INFINITY, () => "x".repeat(1000));
    const pair = open({ list: generate }, { client: { limits: { windowBytes: 5000 } } });
    const stream = await pair.remote.list();
    await stream.next();
    await turns(20);
    // The one that passes the window is let through.
    expect(counts.pulled).toBeLessThanOrEqual(7);
    await stream.return();
    await pair.done();
  });

  it("a slow source's items leave one by one, a fast one's together", async () => {
    let record: ReturnType<typeof recorded> | undefined;
    const pair = open(source(200), {
      around: (it) => {
        record = recorded(it);
        return record;
      },
    });
    await all(pair.remote.generate());
    const frames = (record?.in ?? []).filter(
      (frame) => JSON.stringify(frame).includes("[12,") || (frame as unknown[])[0] === 12,
    );
    expect(frames.length).toBeLessThanOrEqual(4);
    await pair.done();
  });
});

describe("a stream that is an argument", () => {
  it("M-20 is read by the handler, with the same backpressure", async () => {
    const { generate, counts } = source(1000);
    const pair = open({
      sum: async (numbers: AsyncIterable<number>) => {
        let sum = 0;
        for await (const n of numbers) sum += n;
        return sum;
      },
    });
    expect(await pair.remote.sum(generate())).toBe(499_500);
    expect(counts.finished).toBe(1);
    await pair.done();
  });

  it("ends with its call when the handler does not read it", async () => {
    const { generate, counts } = source(Number.POSITIVE_INFINITY);
    const pair = open({
      first: async (numbers: AsyncIterable<number>) => {
        for await (const n of numbers) return n;
        return undefined;
      },
      ignore: () => "ignored",
    });
    expect(await pair.remote.first(generate())).toBe(0);
    expect(await pair.remote.ignore(generate())).toBe("ignored");
    await collected(() => pair.server.stats().streams === 0);
    expect(counts.finished).toBeGreaterThanOrEqual(1);
    await pair.done();
  });

  it("any iterator of the language streams what is left of it", async () => {
    const pair = open({ all });
    expect(await pair.remote.all(new Set([1, 2, 3]).values())).toEqual([1, 2, 3]);
    await pair.done();
  });
});
