import type { CloseReason, TransportEvents, TransportPort } from "@portolan/protocol";
import { keepAlive } from "./keep-alive.ts";
import type { NodePortLike } from "./port-like.ts";
import { unreadable } from "./unreadable.ts";

/** The end of a port that either side closed. The platform does not say which. */
export const portClosed: CloseReason = { code: "UNAVAILABLE", message: "the port was closed", by: "platform" };

/** Listens on a port of Node. Its `on` hands over the data itself, which costs a third less than DOM events. */
export function attachNodePort(port: NodePortLike, events: TransportEvents): TransportPort {
  const message = (data: unknown) => events.message(data);
  const failed = (error: unknown) => events.end(unreadable(error));
  const closed = () => events.end(portClosed);
  port.on("message", message);
  port.on("messageerror", failed);
  port.on("close", closed);
  if (isClosed(port)) closed();
  const alive = keepAlive(port);
  return {
    // An empty list would be walked all the same.
    send: (data, transfer) => (transfer.length > 0 ? port.postMessage(data, transfer) : port.postMessage(data)),
    hold: (busy) => alive.hold(busy),
    close() {
      alive.hold(false);
      port.off("message", message);
      port.off("messageerror", failed);
      port.off("close", closed);
    },
  };
}

// A port that closed earlier never says so again, and takes messages in silence. But nothing can ref it any more.
function isClosed(port: NodePortLike): boolean {
  port.ref?.();
  return port.hasRef?.() === false;
}
