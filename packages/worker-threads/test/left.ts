import type { Worker } from "node:worker_threads";

/** The ports that keep this process alive now, sorted by kind. Timers and pipes of the test runner are left out. */
export function portsHeld(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => kind === "MessagePort" || kind === "Worker");
}

/** How many listeners there are on what a transport listens to. */
export function listenersOf(worker: Worker): number {
  return ["message", "messageerror", "error", "exit"].reduce((sum, event) => sum + worker.listenerCount(event), 0);
}
