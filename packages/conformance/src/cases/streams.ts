import { release } from "@portolan/protocol";
import { check, equal, rejects } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import type { Near } from "../kit.ts";
import { soon, turns } from "../turns.ts";

async function* count(n: number, log: string[] = []): AsyncGenerator<number, string> {
  try {
    for (let item = 0; item < n; item++) yield item;
    return "end";
  } finally {
    log.push("finally");
  }
}

/** Streams, both ways. */
export const streamCases: readonly ConformanceCase[] = group("streams", [
  {
    name: "items, the return value, and then only the end",
    async run(kit) {
      const near = await kit.open();
      const stream = await near.remote.numbers(500, "n");
      const items: number[] = [];
      let step = await stream.next();
      for (; !step.done; step = await stream.next()) items.push(step.value);
      equal(
        items,
        Array.from({ length: 500 }, (_, index) => index),
        "items",
      );
      equal(step.value, "end", "the return value");
      equal(await stream.next(), { done: true, value: undefined }, "after the end");
      equal(await finallies(near, "n"), 1, "times finally ran");
    },
  },
  {
    name: "a stream that fails gives its items first, then the error, typed",
    async run(kit) {
      const near = await kit.open();
      const stream = await near.remote.failing(3);
      const items: number[] = [];
      const reading = (async () => {
        for await (const item of stream) items.push(item);
      })();
      await rejects(reading, "INTERNAL", "the stream");
      equal(items, [0, 1, 2], "items before the error");
      await near.remote.takeReports();
    },
  },
  {
    name: "break runs the producer's finally exactly once",
    async run(kit) {
      const near = await kit.open();
      for await (const item of near.remote.endless("e")) if (item === 5) break;
      equal(await finallies(near, "e"), 1, "times finally ran");
      await turns(3);
      equal(await near.remote.ran("finally e"), 1, "times it ran, later");
    },
  },
  {
    name: "return() before the first item ends the producer too",
    async run(kit) {
      const near = await kit.open();
      const stream = await near.remote.numbers(5, "r");
      equal((await stream.return?.("mine"))?.done, true, "return()");
      await near.remote.nothing();
    },
  },
  {
    name: "throw() reaches the producer, and the stream is over",
    async run(kit) {
      const near = await kit.open();
      const stream = await near.remote.endless("t");
      await stream.next();
      await stream.throw?.(new Error("enough")).catch(() => {});
      equal((await stream.next()).done, true, "after throw()");
      equal(await finallies(near, "t"), 1, "times finally ran");
      await near.remote.takeReports();
    },
  },
  {
    name: "aborting the session's call of a stream ends the producer",
    async run(kit) {
      const near = await kit.open();
      const stream = await near.remote.endless("a");
      await stream.next();
      release(stream);
      equal(await finallies(near, "a"), 1, "times finally ran");
    },
  },
  {
    name: "streams towards the far side: items, break, error, finally",
    async run(kit) {
      const { remote, reports } = await kit.open();
      const log: string[] = [];
      equal(await remote.sum(count(300, log)), 44_850, "the sum");
      equal(log, ["finally"], "after the end");
      equal(await remote.take(count(1000, log), 3), [0, 1, 2], "three items");
      await soon(() => log.length >= 2);
      equal(log, ["finally", "finally"], "after break over there");
      const failing = (async function* () {
        yield 1;
        throw new RangeError("ours");
      })();
      const { items, end } = await remote.drainAll(failing);
      equal(items, [1], "items before our error");
      check(end.startsWith("threw"), `our error arrived as: ${end}`);
      reports.length = 0;
    },
  },
  {
    name: "a stream through a stream, both ways in one call",
    async run(kit) {
      const { remote } = await kit.open();
      const doubled: number[] = [];
      for await (const item of remote.double(count(50))) doubled.push(item);
      equal(
        doubled,
        Array.from({ length: 50 }, (_, index) => index * 2),
        "what came back",
      );
    },
  },
  {
    name: "a stream argument that the handler ignores is given up when it is collected",
    needs: ["forced collection"],
    async run(kit) {
      const { remote } = await kit.open();
      const log: string[] = [];
      await remote.ignore(count(10, log));
    },
  },
  {
    name: "ReadableStream and WritableStream, both ways",
    async run(kit) {
      const { remote } = await kit.open();
      const readable = await remote.readable(20);
      const reader = readable.getReader();
      const items: unknown[] = [];
      for (let step = await reader.read(); !step.done; step = await reader.read()) items.push(step.value);
      equal(items.length, 20, "items of their ReadableStream");
      equal(await remote.gather(readableOf(5)), [0, 1, 2, 3, 4], "items of our ReadableStream");
      const writer = (await remote.sink()).getWriter();
      await writer.write("one" as never);
      await writer.write("two" as never);
      await writer.close();
      await noted(remote, ["one", "two", "closed"]);
      const written: unknown[] = [];
      await remote.fill(new WritableStream({ write: (item: unknown) => void written.push(item) }) as never, 4);
      await soon(() => written.length >= 4);
      equal(written, [0, 1, 2, 3], "what was written to our WritableStream");
    },
  },
  {
    name: "many streams at once keep apart",
    async run(kit) {
      const { remote } = await kit.open();
      const sums = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          let sum = 0;
          for await (const item of remote.numbers(index * 10, `many ${index}`)) sum += item;
          return sum;
        }),
      );
      equal(sums[19], (189 * 190) / 2, "the last sum");
    },
  },
]);

async function finallies({ remote }: Near, key: string): Promise<number> {
  await soon(async () => (await remote.ran(`finally ${key}`)) > 0);
  return remote.ran(`finally ${key}`);
}

async function noted(remote: Near["remote"], expected: readonly unknown[]): Promise<void> {
  await soon(async () => (await remote.noted()).length >= expected.length);
  equal(await remote.noted(), expected, "what was noted");
}

function readableOf(n: number): ReadableStream {
  let item = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (item < n) controller.enqueue(item++);
      else controller.close();
    },
  });
}
