/** A port of Electron's main or utility processes, as far as it is used here. Electron's `MessagePortMain` is one. */
export interface MainPortLike {
  postMessage(message: unknown, transfer?: never[]): void;
  on(event: "message" | "close", listener: (event: never) => void): unknown;
  off(event: "message" | "close", listener: (event: never) => void): unknown;
  start(): void;
  close(): void;
}

/** What a main port's `message` event brings. */
export interface MainPortEvent {
  readonly data: unknown;
  readonly ports: readonly MainPortLike[];
}

/** A web page's port, as far as it is used here. `MessagePort` is one. */
export interface PagePortLike {
  postMessage(message: unknown, transfer: never[]): void;
  addEventListener(type: string, listener: (event: never) => void): void;
  removeEventListener(type: string, listener: (event: never) => void): void;
  start(): void;
  close(): void;
}

/** What a page port's `message` event brings. */
export interface PagePortEvent {
  readonly data: unknown;
  readonly ports: readonly PagePortLike[];
}
