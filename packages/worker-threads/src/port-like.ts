import type { Refable } from "./keep-alive.ts";

/** What every MessagePort can do. */
export interface AnyPort extends Refable {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  start(): void;
  close(): void;
}

/** A MessagePort of Node, which has `on` besides what the DOM gives it. */
export interface NodePortLike extends AnyPort {
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  /** True while it keeps the process alive. Node says false for a closed port whatever happens. */
  hasRef?(): boolean;
}

/** A MessagePort as the DOM describes it: https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports */
export interface DomPortLike extends AnyPort {
  addEventListener(type: string, listener: (event: PortEvent) => void): void;
  removeEventListener(type: string, listener: (event: PortEvent) => void): void;
}

/** What such a port's listeners get. */
export interface PortEvent {
  readonly data?: unknown;
}

/** A port told by its shape, never by its class: other realms have classes of their own. */
export type PortShape =
  | { readonly kind: "node"; readonly port: NodePortLike }
  | { readonly kind: "dom"; readonly port: DomPortLike };

/**
 * Says which of the two a port is. Node's ports are both, and their `on` is the
 * faster by far. Throws a TypeError for anything else, such as Electron's
 * MessagePortMain, whose `on` gives events.
 */
export function shapeOf(port: AnyPort): PortShape {
  if (has(port, ["postMessage", "start", "close", "addEventListener", "removeEventListener"])) {
    return has(port, ["on", "off"])
      ? { kind: "node", port: port as NodePortLike }
      : { kind: "dom", port: port as DomPortLike };
  }
  const electron = has(port, ["postMessage", "start", "on"]);
  const got = electron
    ? "an Electron MessagePortMain (use @portolan/electron/main)"
    : port === null
      ? "null"
      : typeof port;
  throw new TypeError(`expected a MessagePort with postMessage, start, close and addEventListener; got ${got}`);
}

function has(value: unknown, verbs: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return verbs.every((verb) => typeof (value as Record<string, unknown>)[verb] === "function");
}
