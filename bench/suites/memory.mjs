// What a callback costs that the far side keeps: heap of both sides per callback, what is left when the far side has
// released them all, and how many can be bound in a second. Both sides are in this process.
import { openChannel } from "../carriers/same-thread.mjs";

const count = 8_000;

/** @returns bytes per callback, bytes left per callback, callbacks bound per second. */
export async function measure(name) {
  const side = await openChannel(name);
  if (!side) return { cannot: "not over a port" };
  if (!side.bind) return { cannot: "passes no functions" };
  // What grows once, and what is compiled later, is not the callbacks'.
  for (let warm = 0; warm < 2; warm++) await (await side.bind(count))?.();
  const before = await settledHeap();
  const start = performance.now();
  const release = await side.bind(count);
  const seconds = (performance.now() - start) / 1000;
  const bound = await settledHeap();
  await release?.();
  const left = await settledHeap();
  return { value: (bound - before) / count, left: (left - before) / count, perSecond: count / seconds };
}

async function settledHeap() {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
