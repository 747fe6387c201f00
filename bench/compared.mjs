// The workloads that are compared in rounds on Node, carrier by carrier.
import { measureCarrier } from "./carrier-rows.mjs";
import { openChannel } from "./carriers/same-thread.mjs";
import { openWebSocket } from "./carriers/web-socket.mjs";
import { openThread } from "./carriers/worker-thread.mjs";
import { rowsOf } from "./workloads.mjs";

const carriers = { "worker thread": openThread, "same thread": openChannel, WebSocket: openWebSocket };

/** The rows that this can make, by name. */
export const comparedRows = Object.keys(carriers).flatMap(rowsOf);

/** Measures rows of `comparedRows`, each with every contender. `tell` hears each row when it is done. */
export async function measureCompared(chosen, contenders, options, tell) {
  for (const [carrier, open] of Object.entries(carriers)) {
    const rows = chosen.filter((row) => row.carrier === carrier);
    if (rows.length > 0) await measureCarrier(rows, open, contenders, options, tell);
  }
}
