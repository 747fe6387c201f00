/**
 * The globals of pages and extension contexts, as far as this package uses them.
 * Never published: emitted declarations use the names of the reader's own types.
 */

interface EventTarget {
  addEventListener(type: string, listener: (event: never) => void, options?: { once?: boolean }): void;
  removeEventListener(type: string, listener: (event: never) => void): void;
}
interface AbortSignal extends EventTarget {
  readonly aborted: boolean;
  readonly reason: unknown;
}
interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare var AbortController: { prototype: AbortController; new (): AbortController };

interface MessagePort extends EventTarget {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  start(): void;
  close(): void;
}
declare var MessageChannel: { new (): { readonly port1: MessagePort; readonly port2: MessagePort } };

declare function setInterval(callback: () => void, ms: number): number;
declare function clearInterval(timer: number): void;
declare function structuredClone<T>(value: T): T;
declare var crypto: { getRandomValues<T extends Uint32Array>(array: T): T };
