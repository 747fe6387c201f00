import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { openSession, transportPair } from "../src/index.ts";
import { expectNothing, type Loose, open, promised, turns } from "./sessions.ts";

const collect = globalThis.gc as () => void;
const MiB = 2 ** 20;
const figures: string[] = [];
const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

/** Bytes of heap in use once everything that can be collected is. */
async function heap(): Promise<number> {
  for (let round = 0; round < 6; round++) {
    collect();
    await turns(2);
  }
  return process.memoryUsage().heapUsed;
}

function note(figure: string): void {
  figures.push(figure);
  console.log(figure);
}

afterAll(() => expect(unhandled).toEqual([]));

describe("soak", () => {
  it("1 000 000 calls, 64 in flight: the heap grows by at most 1 MiB", async () => {
    const pair = open({ add: (a: number, b: number) => a + b });
    await pair.client.ready;
    const caller = async (count: number) => {
      for (let n = 0; n < count; n++) if ((await pair.remote.add(n, 1)) !== n + 1) throw new Error("wrong sum");
    };
    const round = (count: number) => Promise.all(Array.from({ length: 64 }, () => caller(count)));
    await round(1000);
    const before = await heap();
    const start = performance.now();
    await round(1_000_000 / 64);
    const seconds = (performance.now() - start) / 1000;
    const grown = (await heap()) - before;
    note(
      `1 000 000 calls in ${seconds.toFixed(1)} s (${Math.round(1e6 / seconds)}/s), heap ${(grown / MiB).toFixed(2)} MiB`,
    );
    expect(grown).toBeLessThan(MiB);
    await pair.done();
  });

  it("100 000 callbacks passed, called, done: tables empty without waiting for collection, time linear", async () => {
    const pair = open({ call: async (fn: Loose) => fn(1) });
    await pair.client.ready;
    const round = async (count: number) => {
      const start = performance.now();
      for (let n = 0; n < count; n += 50) {
        await Promise.all(Array.from({ length: 50 }, () => pair.remote.call((one: number) => one + 1)));
      }
      return performance.now() - start;
    };
    await round(5000);
    const before = await heap();
    const first = await round(50_000);
    await turns();
    expectNothing(pair.client);
    expectNothing(pair.server);
    const second = await round(50_000);
    const grown = (await heap()) - before;
    note(
      `100 000 callbacks: ${first.toFixed(0)} ms and ${second.toFixed(0)} ms a half, heap ${(grown / MiB).toFixed(2)} MiB`,
    );
    expect(grown).toBeLessThan(2 * MiB);
    expect(second).toBeLessThan(first * 2);
    await pair.done();
  });

  it("10 000 sessions with 10 pending calls each, closed abruptly: every call rejects, nothing is left", async () => {
    let rejected = 0;
    const cycle = async (count: number) => {
      for (let n = 0; n < count; n++) {
        const [here, there] = transportPair();
        const server = openSession(there, { expose: { wait: () => new Promise(() => {}) } });
        const client = openSession(here);
        const calls = Array.from({ length: 10 }, () => promised((client.remote as Loose).wait()));
        await client.ready;
        here.close({ code: "UNAVAILABLE", message: "torn", by: "platform" });
        for (const outcome of await Promise.allSettled(calls)) if (outcome.status === "rejected") rejected++;
        await server.closed;
        if (n % 1000 === 0) expectNothing(client);
      }
    };
    await cycle(500);
    rejected = 0;
    const before = await heap();
    const start = performance.now();
    await cycle(10_000);
    const seconds = (performance.now() - start) / 1000;
    const grown = (await heap()) - before;
    note(
      `10 000 sessions torn in ${seconds.toFixed(1)} s, ${rejected} rejections, heap ${(grown / MiB).toFixed(2)} MiB`,
    );
    expect(rejected).toBe(100_000);
    expect(grown).toBeLessThan(2 * MiB);
  });

  it("1 GiB through a stream whose consumer pauses: at most 1 MiB ahead, the hash is equal, memory is steady", async () => {
    const chunk = 64 * 1024;
    const chunks = 2 ** 30 / chunk;
    const sent = createHash("sha256");
    let produced = 0;
    const pair = open({
      async *bytes() {
        for (let n = 0; n < chunks; n++) {
          const bytes = new Uint8Array(chunk).fill(n & 255);
          sent.update(bytes);
          produced++;
          yield bytes;
        }
      },
    });
    await heap();
    const before = process.memoryUsage().rss;
    let peak = before;
    let ahead = 0;
    let read = 0;
    const got = createHash("sha256");
    const start = performance.now();
    for await (const bytes of pair.remote.bytes()) {
      got.update(bytes);
      read++;
      ahead = Math.max(ahead, produced - read);
      if (read % 512 === 0) {
        await wait(2);
        peak = Math.max(peak, process.memoryUsage().rss);
      }
    }
    const seconds = (performance.now() - start) / 1000;
    note(
      `1 GiB in ${seconds.toFixed(1)} s, at most ${((ahead * chunk) / MiB).toFixed(2)} MiB ahead, RSS +${((peak - before) / MiB).toFixed(0)} MiB`,
    );
    expect(got.digest("hex")).toBe(sent.digest("hex"));
    // The window, and the item that passes it.
    expect(ahead * chunk).toBeLessThanOrEqual(MiB + chunk);
    expect(peak - before).toBeLessThan(64 * MiB);
    await pair.done();
  });

  it("1 000 streams cancelled midway: 1 000 finally blocks, each within 100 ms", async () => {
    const finished = new Map<number, number>();
    const pair = open({
      async *count(id: number) {
        try {
          for (let n = 0; ; n++) yield n;
        } finally {
          finished.set(id, performance.now());
        }
      },
    });
    let slowest = 0;
    for (let id = 0; id < 1000; id++) {
      for await (const n of pair.remote.count(id)) if (n === 10) break;
      const stopped = performance.now();
      await turns(1);
      slowest = Math.max(slowest, (finished.get(id) ?? Number.POSITIVE_INFINITY) - stopped);
    }
    note(`1 000 streams cancelled, the slowest finally ${slowest.toFixed(1)} ms after its break`);
    expect(finished.size).toBe(1000);
    expect(slowest).toBeLessThan(100);
    await pair.done();
  });

  it("a big argument can be collected as soon as its call has ended", async () => {
    const pair = open({ take: () => "taken" });
    const kept: WeakRef<object>[] = [];
    let result: unknown;
    await (async () => {
      const big = { list: new Array(100_000).fill("x") };
      kept.push(new WeakRef(big));
      result = pair.remote.take(big);
      await result;
    })();
    await heap();
    expect(result).toBeDefined();
    expect(kept[0]?.deref()).toBeUndefined();
    await pair.done();
  });

  it("a stalled consumer of a million items of 1 KB: memory grows by at most 10 MB", async () => {
    let produced = 0;
    const pair = open({
      async *items() {
        for (; produced < 1_000_000; produced++) yield "x".repeat(1024);
      },
    });
    const stream = await pair.remote.items();
    await stream.next();
    const before = await heap();
    await wait(500);
    const grown = (await heap()) - before;
    note(`stalled consumer: ${produced} items of a million produced, heap ${(grown / MiB).toFixed(2)} MiB`);
    expect(produced).toBeLessThanOrEqual(1025);
    expect(grown).toBeLessThan(10_000_000);
    await stream.return();
    await pair.done();
  });
});
