/** What a Node `Worker` is to us. Described by shape, so that no platform types are needed. */
export interface WorkerLike {
  /** -1 once the thread has ended. */
  readonly threadId: number;
  postMessage(message: unknown, transfer?: readonly object[]): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  ref(): void;
  unref(): void;
  terminate(): unknown;
}

/**
 * Throws a TypeError that says what was expected, unless `value` is a Worker of
 * `node:worker_threads` (or looks like one). A Web Worker has no `on`.
 */
export function assertWorker(value: unknown): asserts value is WorkerLike {
  const worker = value as Partial<Record<keyof WorkerLike, unknown>> | null | undefined;
  const wanted = ["postMessage", "on", "off", "ref", "unref", "terminate"] as const;
  if (typeof worker === "object" && worker !== null && wanted.every((verb) => typeof worker[verb] === "function"))
    return;
  const got = value === null ? "null" : typeof value === "object" ? "another kind of object" : typeof value;
  throw new TypeError(`expected a Worker of node:worker_threads, or a function that makes one; got ${got}`);
}
