import { type CloseReason, defineTransport, type Peer, type Transport, type TransportEvents } from "@portolan/protocol";
import { landPorts, liftPorts } from "./carried-ports.ts";
import { portClosed } from "./main-port-transport.ts";
import type { PagePortEvent, PagePortLike } from "./port-shapes.ts";

/** How a page's port becomes a transport. */
export interface PagePortOptions {
  readonly peer: Partial<Peer>;
  readonly trusted: boolean;
  /** Whether main or a utility process is at the other end, where only ports can be moved. */
  readonly towardsMain: boolean;
  /** Sees the first message; true takes it away. */
  readonly first?: (message: unknown, events: TransportEvents) => boolean;
  /** Says why the port closed. Default: that the other end closed it. */
  readonly whyClosed?: () => CloseReason;
  /** Hears once, at the start, how to end the transport from outside. */
  readonly opened?: (events: TransportEvents) => void;
  /** Hears once that the transport has ended. */
  readonly ended?: () => void;
}

/** A transport over a port that this page holds, which is ours from now on. */
export function pagePortTransport(port: PagePortLike, options: PagePortOptions): Transport {
  const { towardsMain, trusted } = options;
  return defineTransport({
    traits: { carries: "clone", moves: towardsMain ? "ports" : "all", platformObjects: !towardsMain, trusted },
    peer: options.peer,
    port,
    open(events) {
      let first = options.first;
      const onMessage = ({ data, ports }: PagePortEvent): void => {
        const taken = first?.(data, events) === true;
        first = undefined;
        if (!taken) events.message(towardsMain ? landPorts(data, ports) : data);
      };
      const onClose = (): void => events.end(options.whyClosed?.() ?? portClosed);
      const onUnreadable = (): void => events.end(unreadable);
      port.addEventListener("message", onMessage);
      port.addEventListener("messageerror", onUnreadable);
      port.addEventListener("close", onClose);
      port.start();
      options.opened?.(events);
      return {
        send(message, transfer) {
          const lifted = towardsMain ? liftPorts(message, transfer) : { message, ports: transfer };
          port.postMessage(lifted.message, lifted.ports as never[]);
        },
        close() {
          port.removeEventListener("message", onMessage);
          port.removeEventListener("messageerror", onUnreadable);
          port.removeEventListener("close", onClose);
          port.close();
          options.ended?.();
        },
      };
    },
  });
}

const unreadable: CloseReason = {
  code: "PROTOCOL_ERROR",
  message: "a message arrived that this page could not read",
  by: "remote",
};
