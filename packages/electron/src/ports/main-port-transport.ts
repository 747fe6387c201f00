import { type CloseReason, defineTransport, type Peer, RpcError, type Transport } from "@portolan/protocol";
import { landPorts, liftPorts } from "./carried-ports.ts";
import type { MainPortEvent, MainPortLike } from "./port-shapes.ts";

/** How a main port becomes a transport. */
export interface MainPortOptions {
  readonly peer: Partial<Peer>;
  /** Whether the other end is as trusted as our own code. */
  readonly trusted: boolean;
  /** Ports go beside the message, which does not name them. Default: they stand in it. */
  readonly beside?: boolean;
  /** Says why the other end went away. Default: that it closed its port. May take a moment to find out. */
  readonly explain?: (tell: (reason: CloseReason) => void) => void;
  /** Hears once that the transport has ended, for whatever reason. */
  readonly ended?: () => void;
}

/** The reason of a port that closed without a word. */
export const portClosed: CloseReason = {
  code: "UNAVAILABLE",
  message: "the other end closed its port or went away",
  by: "remote",
};

/**
 * A transport over a `MessagePortMain`, which is ours from now on. It moves ports only, and an ArrayBuffer is copied.
 * Posting to a port whose other end is gone is silent in Electron; here it throws UNAVAILABLE once that is known.
 */
export function mainPortTransport(port: MainPortLike, options: MainPortOptions): Transport {
  let gone = false;
  return defineTransport({
    traits: { carries: "clone", moves: "ports", platformObjects: false, trusted: options.trusted },
    peer: options.peer,
    port,
    open(events) {
      const onMessage = ({ data, ports }: MainPortEvent): void => {
        // What Electron cannot read (a Blob, or a buffer that was moved) arrives as null, and sessions refuse that.
        events.message(landPorts(data, ports));
      };
      const onClose = (): void => {
        gone = true;
        if (options.explain) options.explain(events.end);
        else events.end(portClosed);
      };
      port.on("message", onMessage);
      port.on("close", onClose);
      port.start();
      return {
        send(message, transfer) {
          if (gone) throw new RpcError("UNAVAILABLE", portClosed.message, { delivered: "no" });
          if (options.beside) port.postMessage(message, transfer as never[]);
          else postToMain(port, message, transfer);
        },
        // Until it is known why the port closed, what is to be sent waits, and so was surely not delivered.
        blocked: () => gone,
        close() {
          port.off("message", onMessage);
          port.off("close", onClose);
          port.close();
          options.ended?.();
        },
      };
    },
  });
}

/** Something that takes a message and main ports beside it. */
export interface MainPostable {
  postMessage(message: unknown, transfer?: never[]): void;
}

/** Posts a message with the main ports in it. Throws what Electron throws. */
export function postToMain(port: MainPostable, message: unknown, transfer: readonly object[]): void {
  if (transfer.length === 0) return port.postMessage(message);
  const lifted = liftPorts(message, transfer);
  // What is no main port is refused by Electron itself, with a TypeError.
  port.postMessage(lifted.message, lifted.ports as never[]);
}
