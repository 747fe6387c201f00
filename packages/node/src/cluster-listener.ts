import cluster, { type Worker } from "node:cluster";
import { checkTransportOptions, type Listener, type Transport } from "@portolan/protocol";
import { type ForkTransportOptions, openChild } from "./fork-transport.ts";

/**
 * Hears the workers of `node:cluster`, in the primary: those there are and those
 * forked later. Each is a transport whose peer is
 * `{ kind: "cluster-worker", worker, id, pid }`; the worker uses `forkTransport()`. When it has closed its session, the
 * next one on that channel arrives as another transport.
 * Workers stay yours. For structured clones instead of JSON call
 * `cluster.setupPrimary({ serialization: "advanced" })` before the first fork.
 *
 * Throws a TypeError in a worker.
 */
export function clusterListener(options: ForkTransportOptions = {}): Listener {
  if (!cluster.isPrimary) throw new TypeError("expected the primary of the cluster: workers use forkTransport()");
  checkTransportOptions(options, ["serialization"]);
  let forked: ((worker: Worker) => void) | undefined;
  return {
    address: undefined,
    ready: Promise.resolve(),
    accept(arrive: (transport: Transport) => void) {
      if (forked) throw new TypeError("this listener is served already: make one for each serve()");
      // A worker is among the others before its event comes.
      const known = new WeakSet<Worker>();
      const hear = (worker: Worker): void => {
        const transport = openChild(worker.process, false, options, { kind: "cluster-worker", worker, id: worker.id });
        // A worker that has ended its session may begin another. Whom we have turned away may not.
        transport.onClose(({ code, by }) => {
          if (code === "OK" || by === "remote") queueMicrotask(() => forked && worker.isConnected() && hear(worker));
        });
        arrive(transport);
      };
      forked = (worker) => {
        if (known.has(worker)) return;
        known.add(worker);
        hear(worker);
      };
      for (const worker of Object.values(cluster.workers ?? {})) if (worker) forked(worker);
      cluster.on("fork", forked);
    },
    async close() {
      if (forked) cluster.off("fork", forked);
      forked = undefined;
    },
  };
}
