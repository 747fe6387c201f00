// How long it takes from nothing to the first answer of a thread: import, start the thread, call.

/** @returns milliseconds. */
export async function measure(name) {
  const start = performance.now();
  const { openThread } = await import("../carriers/worker-thread.mjs");
  const side = await openThread(name);
  if (!side) return { cannot: "not over a worker thread" };
  if ((await side.echo(7)) !== 7) throw new Error("another value came back");
  return { value: performance.now() - start };
}
