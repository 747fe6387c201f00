import { MessageChannel } from "node:worker_threads";
import { contender, processorTime } from "./contender.mjs";

/** A contender whose two sides share this thread; undefined when it cannot. */
export async function openChannel(name) {
  const { cannot, connect, serve } = await contender(name);
  if (!connect || !serve) return undefined;
  const { port1, port2 } = new MessageChannel();
  await serve(port2);
  return { cannot, processorTime, ...(await connect(port1)), end: () => port1.close() };
}
