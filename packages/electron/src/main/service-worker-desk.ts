import { RpcError } from "@portolan/protocol";
import { AttendedWorker, type WorkerTaker } from "./attended-worker.ts";
import type { Emitter } from "./frame-shapes.ts";
import type { RunningStatus, ServiceWorkersLike, WorkerSessionLike } from "./service-worker-shapes.ts";

const desks = new WeakMap<ServiceWorkersLike, ServiceWorkerDesk>();

/**
 * Sends to `taker` the service workers of a session that ask for its name. However many takers there are, the session
 * gets one listener and each running worker one, and none after the last taker has left and the last line has ended.
 * Throws an RpcError FAILED_PRECONDITION if the name is taken, UNIMPLEMENTED in an Electron whose sessions do not know
 * their service workers. Returns the way to leave.
 */
export function atServiceWorkerDesk(
  { serviceWorkers }: WorkerSessionLike,
  name: string,
  taker: WorkerTaker,
): () => void {
  if (typeof serviceWorkers.getWorkerFromVersionID !== "function") {
    throw new RpcError("UNIMPLEMENTED", "service workers are peers from Electron 35 on", { delivered: "no" });
  }
  const desk = desks.get(serviceWorkers) ?? new ServiceWorkerDesk(serviceWorkers);
  desks.set(serviceWorkers, desk);
  return desk.enter(name, taker);
}

class ServiceWorkerDesk {
  readonly #workers: ServiceWorkersLike;
  readonly #takers = new Map<string, WorkerTaker>();
  readonly #attended = new Map<number, AttendedWorker>();
  /** Takers, and lines that live on without theirs. */
  #users = 0;
  readonly #changed = ({ versionId, runningStatus }: RunningStatus): void => {
    if (runningStatus === "starting" || runningStatus === "stopped") this.#dismiss(versionId);
    if (runningStatus === "starting" || runningStatus === "running") this.#attend(versionId, runningStatus);
  };

  constructor(workers: ServiceWorkersLike) {
    this.#workers = workers;
  }

  enter(name: string, taker: WorkerTaker): () => void {
    if (this.#takers.has(name)) {
      const what = `another serviceWorkerListener already answers to the name "${name}"`;
      throw new RpcError("FAILED_PRECONDITION", what, { delivered: "no" });
    }
    this.#takers.set(name, taker);
    const leave = this.#use();
    return () => {
      if (this.#takers.get(name) === taker) this.#takers.delete(name);
      leave();
    };
  }

  #use(): () => void {
    if (this.#users++ === 0) this.#open();
    let using = true;
    return () => {
      if (!using) return;
      using = false;
      if (--this.#users === 0) this.#close();
    };
  }

  #open(): void {
    (this.#workers as unknown as Emitter).on("running-status-changed", this.#changed as never);
    for (const versionId of Object.keys(this.#workers.getAllRunning())) this.#attend(Number(versionId), "running");
  }

  #close(): void {
    (this.#workers as unknown as Emitter).off("running-status-changed", this.#changed as never);
    for (const versionId of [...this.#attended.keys()]) this.#dismiss(versionId);
  }

  #attend(versionId: number, status: "starting" | "running"): void {
    const running = status === "running";
    const known = this.#attended.get(versionId);
    if (known) return running ? known.run() : undefined;
    const worker = this.#workers.getWorkerFromVersionID(versionId);
    if (!worker) return;
    const attendance = { takerOf: (name: string) => this.#takers.get(name), use: () => this.#use() };
    this.#attended.set(versionId, new AttendedWorker(worker, attendance, running));
  }

  #dismiss(versionId: number): void {
    const attended = this.#attended.get(versionId);
    this.#attended.delete(versionId);
    attended?.end();
  }
}
