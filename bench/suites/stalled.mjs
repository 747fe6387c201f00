// How much memory a stream of a million items of 1 KB takes while its consumer has read one and reads no more.
import { contender } from "../carriers/contender.mjs";
import { openThread } from "../carriers/worker-thread.mjs";

const items = 1_000_000;
const longestWatch = 4_000;

/** @returns megabytes that the process has grown by. */
export async function measure(name) {
  await contender(name);
  const side = await openThread(name);
  if (!side) return { cannot: "not over a worker thread" };
  if (!side.stalled) return { cannot: "no streams" };
  await side.echo?.(7);
  globalThis.gc();
  const before = process.memoryUsage.rss();
  const { first, next } = side.stalled(items);
  await first;
  let most = 0;
  const end = performance.now() + longestWatch;
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    most = Math.max(most, process.memoryUsage.rss() - before);
  }
  // It goes on when it is read again.
  for (let more = 0; more < 100; more++) if ((await next()) === undefined) throw new Error("the stream does not go on");
  return { value: most / 1024 / 1024 };
}
