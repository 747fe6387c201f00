import { MessageChannel, Worker } from "node:worker_threads";
import { contender, processorTime } from "./contender.mjs";

const thread = new URL("../far/thread.mjs", import.meta.url);

/** A contender whose far side is a thread of its own; undefined when it has none. */
export async function openThread(name) {
  const { cannot, connect, openThread: openOwn } = await contender(name);
  if (openOwn) {
    const side = await openOwn(() => new Worker(thread, { workerData: { name } }));
    return { cannot, processorTime, ...side };
  }
  if (!connect) return undefined;
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(thread, { workerData: { name, port: port2 }, transferList: [port2] });
  return { cannot, processorTime, ...(await connect(port1)), end: () => worker.terminate() };
}
