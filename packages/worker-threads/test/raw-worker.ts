import { Worker, type WorkerOptions } from "node:worker_threads";

/** A worker of a few lines that knows nothing of Portolan. `parentPort` is there. */
export function rawWorker(code: string, options: WorkerOptions = {}): Worker {
  return new Worker(`const { parentPort } = require("node:worker_threads"); ${code}`, { ...options, eval: true });
}

/** A worker that sends back what it gets. */
export function echoWorker(): Worker {
  return rawWorker('parentPort.on("message", (message) => parentPort.postMessage(message));');
}

/** Resolves with the exit code. */
export function exited(worker: Worker): Promise<number> {
  return new Promise((resolve) => worker.once("exit", resolve));
}
