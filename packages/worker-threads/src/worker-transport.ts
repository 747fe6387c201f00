import {
  type CloseReason,
  checkTransportOptions,
  defineTransport,
  type Transport,
  type TransportEvents,
  type TransportPort,
} from "@portolan/protocol";
import { keepAlive } from "./keep-alive.ts";
import { unreadable } from "./unreadable.ts";
import { wakeful } from "./wakeful.ts";
import { type WorkerFailure, workerEnding } from "./worker-ending.ts";
import { assertWorker, type WorkerLike } from "./worker-like.ts";

/** How to treat the thread on the other end. */
export interface WorkerTransportOptions {
  /** False for a thread that runs foreign code. Default true. */
  readonly trusted?: boolean;
  /**
   * True: after each message this thread stays awake for up to 50 µs, in case the answer comes at once. Say it at both
   * ends. Calls made one after another get several times faster where processors halt between messages, for up to 50 µs
   * of processor time when nothing comes. Where it cannot help it does nothing. Default false.
   */
  readonly lowLatency?: boolean;
}

/**
 * The way to a worker thread, from the thread that made it.
 *
 * A function is called at once, and the worker that it makes is terminated when
 * the transport closes. A worker that you pass stays yours: closing detaches from
 * it. Either way the worker keeps the process alive only while work is pending,
 * its `error` event is taken, and it may carry messages of your own beside ours.
 *
 * However the thread ends (`process.exit`, an uncaught error, memory, terminate(),
 * a file that is missing or cannot run), the transport ends as UNAVAILABLE with
 * what Node said: the error, or `{ exitCode }`, is the cause. What the thread had
 * sent before is delivered first.
 *
 * @throws TypeError when it is no worker; whatever the function throws.
 */
export function workerTransport(
  worker: WorkerLike | (() => WorkerLike),
  options: WorkerTransportOptions = {},
): Transport {
  checkTransportOptions(options, ["lowLatency"]);
  const ours = typeof worker === "function";
  const port = ours ? worker() : worker;
  assertWorker(port);
  const open = (events: TransportEvents) => attach(port, ours, events);
  return defineTransport({
    traits: { carries: "clone", moves: "all", shared: true, trusted: options.trusted ?? true },
    peer: { kind: "worker-thread", threadId: port.threadId, worker: port },
    port,
    open: options.lowLatency ? wakeful(open) : open,
  });
}

function attach(worker: WorkerLike, ours: boolean, events: TransportEvents): TransportPort {
  let heard = false;
  let failure: WorkerFailure | undefined;
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const stop = listen(worker, {
    message(message) {
      heard = true;
      events.message(message);
    },
    messageerror: (error) => events.end(unreadable(error)),
    error(error) {
      failure = { error };
      // `exit` follows, after the last messages. A runtime that leaves it out is not waited for.
      overdue = setTimeout(() => end(undefined), exitOverdue);
    },
    exit: (code) => end(Number(code)),
  });
  const alive = keepAlive(worker);
  const end = (exitCode: number | undefined) => events.end(workerEnding({ heard, failure, exitCode }));
  if (worker.threadId === -1) events.end(endedBefore);
  return {
    send: (message, transfer) => worker.postMessage(message, transfer),
    hold: (busy) => alive.hold(busy),
    close() {
      clearTimeout(overdue);
      alive.hold(false);
      stop();
      if (ours) terminate(worker);
    },
  };
}

/** Milliseconds between Node's `error` and `exit`, at most; usually about one. */
const exitOverdue = 50;

const endedBefore: CloseReason = { code: "UNAVAILABLE", message: "the worker had ended before", by: "platform" };

function listen(worker: WorkerLike, listeners: Record<string, (value: unknown) => void>): () => void {
  for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener);
  };
}

// Its last words may be an error: nobody is left to hear it, and it must not end the process.
function terminate(worker: WorkerLike): void {
  if (worker.threadId === -1) return;
  const stop = listen(worker, { error: () => {}, exit: () => stop() });
  worker.terminate();
  // Node has ref'd it, to see it end. The process need not.
  worker.unref();
}
