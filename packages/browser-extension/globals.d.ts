/**
 * The globals of pages and extension contexts, beyond those that every runtime
 * shares, as far as this package uses them. Never published.
 */

interface MessagePort extends EventTarget {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  start(): void;
  close(): void;
}
declare var MessageChannel: { new (): { readonly port1: MessagePort; readonly port2: MessagePort } };

declare function setInterval(callback: () => void, ms: number): unknown;
declare function clearInterval(timer: unknown): void;
