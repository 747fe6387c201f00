/** A running service worker, as far as it is used here. Electron's `ServiceWorkerMain` is one. */
export interface ServiceWorkerLike {
  readonly scope: string;
  readonly scriptURL: string;
  /** Stays the same while the worker stops and starts again. */
  readonly versionId: number;
  readonly ipc: {
    on(event: never, listener: never): unknown;
    off(event: never, listener: never): unknown;
  };
  send(channel: string, ...args: unknown[]): void;
  isDestroyed(): boolean;
  startTask(): { end: () => void };
}

/** The service workers of an Electron session. */
export interface ServiceWorkersLike {
  getAllRunning(): object;
  getWorkerFromVersionID(versionId: number): ServiceWorkerLike | undefined;
  on(event: never, listener: never): unknown;
  off(event: never, listener: never): unknown;
}

/** An Electron session, as far as its service workers go. */
export interface WorkerSessionLike {
  readonly serviceWorkers: ServiceWorkersLike;
}

/** What `running-status-changed` brings. */
export interface RunningStatus {
  readonly versionId: number;
  readonly runningStatus: "starting" | "running" | "stopping" | "stopped";
}
