import { afterEach, describe, expect, it, vi } from "vitest";
import { makeStub, metaOf, nodeOf, RpcError, withMeta } from "../src/index.ts";
import { hostile, type Loose, open, promised, recorded, turns } from "./sessions.ts";

const collect = globalThis.gc as () => void;

/** A source that counts what is pulled, and how often it was told to finish. */
function source(items: number, item: (n: number) => unknown = (n) => n) {
  const counts = { pulled: 0, finished: 0 };
  async function* generate() {
    try {
      for (let n = 0; n < items; n++) {
        counts.pulled++;
        yield item(n);
      }
      return "the end";
    } finally {
      counts.finished++;
    }
  }
  return { counts, generate };
}

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
    const base = nodeOf(pair.remote)?.base as NonNullable<ReturnType<typeof nodeOf>>["base"];
    const stream = await (makeStub(base, ["list"], { signal: controller.signal }) as Loose)();
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
    const base = nodeOf(pair.remote)?.base as NonNullable<ReturnType<typeof nodeOf>>["base"];
    const stream = await (makeStub(base, ["list"], { idleTimeout: 300 }) as Loose)();
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

  it("that nobody reads is given up when it is collected", async () => {
    const { generate } = source(Number.POSITIVE_INFINITY);
    const pair = open({ list: generate });
    await (async () => void (await pair.remote.list()))();
    for (let round = 0; round < 50 && pair.server.stats().streams > 0; round++) {
      collect();
      await turns(2);
    }
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
    for (let round = 0; round < 50 && pair.server.stats().streams > 0; round++) {
      collect();
      await turns(2);
    }
    expect(counts.finished).toBeGreaterThanOrEqual(1);
    await pair.done();
  });

  it("any iterator of the language streams what is left of it", async () => {
    const pair = open({ all });
    expect(await pair.remote.all(new Set([1, 2, 3]).values())).toEqual([1, 2, 3]);
    await pair.done();
  });
});

describe("streams of the platform", () => {
  it("M-20 a ReadableStream arrives as one, and its cancel reaches the source", async () => {
    let cancelled: unknown;
    const pair = open({
      read: () =>
        new ReadableStream({
          pull(controller) {
            controller.enqueue("chunk");
          },
          cancel(reason) {
            cancelled = reason;
          },
        }),
    });
    const stream: ReadableStream = await pair.remote.read();
    expect(Object.prototype.toString.call(stream)).toBe("[object ReadableStream]");
    const reader = stream.getReader();
    expect(await reader.read()).toEqual({ done: false, value: "chunk" });
    await reader.cancel(new Error("no more"));
    await turns();
    expect(String(cancelled)).toContain("no more");
    await pair.done();
  });

  it("M-20 a WritableStream takes what is written over there, as fast as it can, and closes", async () => {
    const written: unknown[] = [];
    let closed = false;
    const pair = open({
      async write(sink: WritableStream) {
        const writer = sink.getWriter();
        for (let n = 0; n < 600; n++) {
          await writer.ready;
          await writer.write(n);
        }
        await writer.close();
      },
    });
    const sink = new WritableStream({
      write(chunk) {
        written.push(chunk);
      },
      close() {
        closed = true;
      },
    });
    await pair.remote.write(sink);
    await turns();
    expect(written).toEqual(Array.from({ length: 600 }, (_, n) => n));
    expect(closed).toBe(true);
    await pair.done();
  });

  it("a WritableStream that fails tells who writes", async () => {
    const pair = open({
      async write(sink: WritableStream) {
        const writer = sink.getWriter();
        try {
          for (;;) await writer.write("x");
        } catch (error) {
          return String(error);
        }
      },
    });
    const sink = new WritableStream({
      write() {
        throw new Error("disk full");
      },
    });
    expect(await pair.remote.write(sink)).toContain("disk full");
    await pair.client.close();
    await pair.server.close();
  });
});

describe("a hostile producer or consumer", () => {
  async function reading(options = {}) {
    const peer = hostile({}, options);
    const asked = promised((peer.session.remote as Loose).list());
    await turns();
    peer.send([3, 1, null, [[20, [], 7, 0]], 1]);
    const stream = (await asked) as AsyncIterator<unknown>;
    const first = stream.next();
    first.catch(() => {});
    await turns();
    return { peer, stream, first };
  }

  it("that sends more items than it was granted is closed", async () => {
    const { peer, first } = await reading({ limits: { windowItems: 10, maxWindowItems: 10 } });
    peer.send([12, 7, new Array(11).fill(1), 88]);
    await expect(first).rejects.toMatchObject({ code: "PROTOCOL_ERROR" });
    expect(peer.session.ended?.message).toBe("stream 7 sent more than it was granted");
  });

  it("that sends more bytes than it was granted is closed", async () => {
    const { peer } = await reading({ limits: { windowBytes: 1000 } });
    peer.send([12, 7, new Array(30).fill("x".repeat(100)), 3000]);
    await turns();
    expect(peer.session.ended).toMatchObject({ code: "PROTOCOL_ERROR" });
  });

  it("that speaks of streams that are not, or no more, is left alone", async () => {
    const { peer, stream } = await reading();
    peer.send([12, 99, [1], 8], [13, 99], [14, 99, {}], [15, 99, 5, 5], [16, 99, 0], [12, -7, [1], 8]);
    peer.send([13, 7, "done"]);
    peer.send([12, 7, [1], 8], [13, 7], [14, 7, {}]);
    await turns();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(peer.session.ended).toBeUndefined();
    await peer.session.close();
  });

  it("that floods credit gains nothing: totals only grow", async () => {
    const { generate, counts } = source(100);
    const peer = hostile({ list: generate });
    await turns();
    peer.send([1, 1, 0, ["list"], []]);
    await turns();
    for (let n = 0; n < 200; n++) peer.send([15, -1, 5, 1000], [15, -1, 1, 1]);
    await turns();
    expect(counts.pulled).toBe(5);
    await peer.session.close();
    expect(counts.finished).toBe(1);
  });

  it("opens no more streams than the limit", async () => {
    const { generate } = source(1);
    const peer = hostile({ list: generate, take: () => new Promise(() => {}) }, { limits: { streams: 3 } });
    await turns();
    for (let id = 1; id < 6; id++) peer.send([1, id, 0, ["list"], []]);
    peer.send([1, 6, 0, ["take"], [null], [[20, [0], 50, 0]]]);
    await turns();
    expect(peer.session.stats().streams).toBe(3);
    expect(JSON.stringify(peer.heard).match(/the limit of 3 streams is reached/g)).toHaveLength(3);
    await peer.session.close();
  });
});
