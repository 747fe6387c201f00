import type { MessagePort } from "node:worker_threads";
import type { DomPortLike } from "../src/index.ts";

/** A real port behind the DOM's methods only. */
export function asDomPort(port: MessagePort): DomPortLike {
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer as never),
    start: () => port.start(),
    close: () => port.close(),
    ref: () => port.ref(),
    unref: () => port.unref(),
    addEventListener: (type, listener) => port.addEventListener(type as never, listener as never),
    removeEventListener: (type, listener) => port.removeEventListener(type as never, listener as never),
  };
}
