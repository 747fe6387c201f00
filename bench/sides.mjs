// Opens contenders: over a worker thread each, or over a channel within this thread.
import { MessageChannel, Worker } from "node:worker_threads";

/** A contender whose far side is a thread of its own. */
export async function openThread(contender) {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./thread.mjs", import.meta.url), {
    workerData: { contender, port: port2 },
    transferList: [port2],
  });
  const { connect } = await load(contender);
  const side = connect(port1);
  return { ...side, end: () => worker.terminate() };
}

/** A contender whose both sides are in this thread. */
export async function openChannel(contender) {
  const { port1, port2 } = new MessageChannel();
  const { connect, serve } = await load(contender);
  serve(port2);
  const side = connect(port1);
  return { ...side, end: () => port1.close() };
}

function load(contender) {
  return import(new URL(`./contenders/${contender}.mjs`, import.meta.url).href);
}
