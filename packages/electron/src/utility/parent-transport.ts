import { checkTransportOptions, defineTransport, RpcError, type Transport } from "@portolan/protocol";
import { landPorts } from "../ports/carried-ports.ts";
import { peerWord, wordIn } from "../words.ts";
import { type ParentPortEvent, theParentPort } from "./parent-port.ts";

/** How to talk to main. */
export interface ParentTransportOptions {
  /** Whether main is as trusted as this process. Default true. */
  readonly trusted?: boolean;
}

/**
 * A transport to main, from a utility process; the other end is `utilityTransport` of `@portolan/electron/main`.
 * The channel is shared with whatever else the app posts on `process.parentPort`, which cannot move anything.
 * When main dies, Electron ends this process with it. Throws a TypeError outside a utility process.
 */
export function parentTransport(options: ParentTransportOptions = {}): Transport {
  checkTransportOptions(options);
  const { trusted = true } = options;
  const port = theParentPort();
  return defineTransport({
    // Ports come in only: Electron gives this side no way to send one.
    traits: { carries: "clone", moves: "ports", platformObjects: false, shared: true, trusted },
    peer: { kind: "electron-main" },
    port,
    open(events) {
      const onMessage = ({ data, ports }: ParentPortEvent): void => {
        if (wordIn(data, peerWord) === undefined) events.message(landPorts(data, ports));
      };
      port.on("message", onMessage);
      port.start?.();
      return {
        send(message, transfer) {
          if (transfer.length > 0) throw new RpcError("INVALID_ARGUMENT", noWayUp, { delivered: "no" });
          port.postMessage(message);
        },
        close: () => void port.off("message", onMessage),
      };
    },
  });
}

const noWayUp =
  "a utility process cannot move ports to main, since Electron gives it no way: let main make the channel and hand in one end";
