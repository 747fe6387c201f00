import { defineTransport, type Transport } from "@portolan/protocol";
import { attachDomPort } from "./dom-port.ts";
import { attachNodePort } from "./node-port.ts";
import { type AnyPort, shapeOf } from "./port-like.ts";

/** How to treat whoever holds the other port. */
export interface PortTransportOptions {
  /** True when you know who holds the other end, as when you made both. Default false: holding a port is all it takes. */
  readonly trusted?: boolean;
}

/**
 * The way through a MessagePort, which is ours alone from now on: of the same
 * thread, of another one, or handed on by someone. Ports are told by shape, so
 * those of other realms do. The port is started; starting it again does no harm.
 *
 * A port that you pass stays yours: closing detaches from it. The port of a
 * function is closed with the transport. When either end closes, the transport
 * ends as UNAVAILABLE; a port that was closed before ends it at once.
 *
 * @throws TypeError when it is no MessagePort; whatever the function throws.
 */
export function portTransport(port: AnyPort | (() => AnyPort), options: PortTransportOptions = {}): Transport {
  const ours = typeof port === "function";
  const shape = shapeOf(ours ? port() : port);
  return defineTransport({
    traits: {
      carries: "clone",
      moves: "all",
      trusted: options.trusted ?? false,
      // Of the DOM's ports only some say when the other end is gone.
      announcesDeath: shape.kind === "node",
    },
    peer: { kind: "message-port", port: shape.port },
    port: shape.port,
    open(events) {
      const attached = shape.kind === "node" ? attachNodePort(shape.port, events) : attachDomPort(shape.port, events);
      if (!ours) return attached;
      const close: typeof attached.close = (reason) => {
        attached.close(reason);
        shape.port.close();
      };
      return { ...attached, close };
    },
  });
}
