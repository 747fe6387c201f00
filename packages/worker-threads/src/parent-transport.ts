import { checkTransportOptions, defineTransport, type Transport, type TransportEvents } from "@portolan/protocol";
import { attachNodePort } from "./node-port.ts";
import { wakeful } from "./wakeful.ts";

/** How to treat the thread that made this one. */
export interface ParentTransportOptions {
  /** False when the parent runs foreign code. Default true. */
  readonly trusted?: boolean;
  /**
   * True: after each message this thread stays awake for up to 50 µs, in case the answer comes at once. Say it at both
   * ends. Calls made one after another get several times faster where processors halt between messages, for up to 50 µs
   * of processor time when nothing comes. Where it cannot help it does nothing. Default false.
   */
  readonly lowLatency?: boolean;
}

/**
 * The way from a worker thread to the thread that made it. Messages of your own
 * may use `parentPort` too. Closing detaches from it: a thread with nothing else
 * to do ends then.
 *
 * @throws TypeError outside a worker thread.
 */
export function parentTransport(options: ParentTransportOptions = {}): Transport {
  checkTransportOptions(options, ["lowLatency"]);
  // Asked for here: pages and main threads that only adapt a port load nothing of Node.
  const { parentPort: port, threadId } = process.getBuiltinModule("node:worker_threads");
  if (!port) {
    throw new TypeError(
      "parentTransport() is for worker threads: this is the main thread, which has no parent. " +
        "Here, use workerTransport(() => new Worker(…)); in a child process, @portolan/node.",
    );
  }
  const open = (events: TransportEvents) => attachNodePort(port, events);
  return defineTransport({
    traits: {
      carries: "clone",
      moves: "all",
      shared: true,
      trusted: options.trusted ?? true,
      // Node drops what a Worker object gets before anyone listens to it.
      queues: false,
    },
    peer: { kind: "parent-thread", threadId },
    port,
    open: options.lowLatency ? wakeful(open) : open,
  });
}
