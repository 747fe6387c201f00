// A worker thread as a transport. `@portolan/worker-threads` has the real one; adapters do not import each other.
import type { Worker } from "node:worker_threads";
import { defineTransport, type Transport } from "@portolan/protocol";

/** The end in main. */
export function workerTransport(worker: Worker): Transport {
  return defineTransport({
    traits: { carries: "clone", queues: false, trusted: true },
    peer: { kind: "worker-thread" },
    open(events) {
      worker.on("message", events.message);
      return {
        send: (message) => worker.postMessage(message),
        close: () => void worker.off("message", events.message),
      };
    },
  });
}
