import type { TransportEvents, TransportPort } from "@portolan/protocol";
import { keepAlive } from "./keep-alive.ts";
import { portClosed } from "./node-port.ts";
import type { DomPortLike, PortEvent } from "./port-like.ts";
import { unreadable } from "./unreadable.ts";

/** Listens on a port that has the DOM's methods only. */
export function attachDomPort(port: DomPortLike, events: TransportEvents): TransportPort {
  const message = (event: PortEvent) => events.message(event.data);
  const failed = (event: PortEvent) => events.end(unreadable(event.data));
  const closed = () => events.end(portClosed);
  port.addEventListener("message", message);
  port.addEventListener("messageerror", failed);
  port.addEventListener("close", closed);
  port.start();
  const alive = keepAlive(port);
  return {
    send: (data, transfer) => port.postMessage(data, transfer),
    hold: (busy) => alive.hold(busy),
    close() {
      alive.hold(false);
      port.removeEventListener("message", message);
      port.removeEventListener("messageerror", failed);
      port.removeEventListener("close", closed);
    },
  };
}
