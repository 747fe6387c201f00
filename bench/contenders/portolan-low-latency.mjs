// Portolan over a Worker instead of a bare port, with both ends awake for the next 50 µs.
import { callsOf, serveOn } from "./portolan.mjs";

/** Serves over the worker's own port. */
export async function serve() {
  const { parentTransport } = await import("@portolan/worker-threads");
  await serveOn(parentTransport({ lowLatency: true }));
}

/** Starts a worker. */
export async function openThread(startWorker) {
  const { createClient } = await import("@portolan/client");
  const { workerTransport } = await import("@portolan/worker-threads");
  const client = createClient(workerTransport(startWorker, { lowLatency: true }));
  return { ...callsOf(client), end: () => client.close() };
}
