import type { MainPortLike } from "../ports/port-shapes.ts";

/** `process.parentPort` of an Electron utility process, as far as it is used here. */
export interface ParentPortLike {
  postMessage(message: unknown): void;
  on(event: "message", listener: (event: ParentPortEvent) => void): unknown;
  off(event: "message", listener: (event: ParentPortEvent) => void): unknown;
  start?(): void;
}

/** What its `message` event brings. */
export interface ParentPortEvent {
  readonly data: unknown;
  readonly ports: readonly MainPortLike[];
}

/** This process's parent port. Throws a TypeError where there is none. */
export function theParentPort(): ParentPortLike {
  const port = (process as unknown as { parentPort?: ParentPortLike }).parentPort;
  if (port) return port;
  throw new TypeError("expected an Electron utility process, which has process.parentPort; this is none");
}
