// Five calls, each on what the one before it answered, over a link that takes 10 ms each way. Where a library does not
// pipeline, five are awaited one after another.
import { MessageChannel } from "node:worker_threads";
import { contender } from "../carriers/contender.mjs";

const oneWay = 10;

/** @returns milliseconds, the median of five chains. */
export async function measure(name) {
  const { connect, serve } = await contender(name);
  if (!connect || !serve) return { cannot: "not over a port" };
  const near = new MessageChannel();
  const far = new MessageChannel();
  slowly(near.port2, far.port2);
  slowly(far.port2, near.port2);
  await serve(far.port1);
  const side = await connect(near.port1);
  await side.echo(0);
  const times = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const last = side.chain ? await side.chain() : await stepByStep(side);
    if (last !== 3) throw new Error(`the chain ended at ${last}`);
    times.push(performance.now() - start);
  }
  return { value: times.sort((a, b) => a - b)[2] };
}

async function stepByStep(side) {
  let at = await side.echo(0);
  for (let step = 0; step < 3; step++) at = await side.echo(at + 1);
  return side.echo(at);
}

// What waits leaves in order: timers of one length do.
function slowly(from, to) {
  from.on("message", (message) => setTimeout(() => to.postMessage(message), oneWay));
}
