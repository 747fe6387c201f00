import {
  type CloseReason,
  cloneInPieces,
  defineTransport,
  type Peer,
  type Traits,
  type Transport,
  type TransportEvents,
} from "@portolan/protocol";
import type { WayOnwards } from "./page-window.ts";
import { type PortWatch, watchPort } from "./port-watch.ts";

/** A port that leads to its other end and no further. */
export const wholePort: WayOnwards = { carries: "all", maxMessage: 0 };

/** Who is at the other end of a private port. */
export interface PrivatePortOptions {
  readonly peer: Partial<Peer>;
  readonly trusted: boolean;
  /** What the way behind the port takes. Default: whatever the port takes. */
  readonly way?: WayOnwards;
  /** Asks the other end whether it is still there, while something is owed by it. Default false. */
  readonly watch?: boolean;
  /** Called once the transport has ended. */
  readonly ended?: () => void;
}

/**
 * A transport over a MessagePort that only content script and page hold. Neither
 * outlives their document. An end before that is told in words: Chromium's ports
 * have no `close` event. Where nobody is left to tell it, `watch` finds out. The port
 * is ours to end.
 */
export function privatePortTransport(port: MessagePort, options: PrivatePortOptions): Transport {
  return defineTransport({
    traits: traitsOf(options),
    codec: cloneInPieces(),
    peer: options.peer,
    port,
    open(events) {
      let told = false;
      const end = (reason: CloseReason): void => {
        told = true;
        events.end(reason);
      };
      const watch = options.watch
        ? watchPort(
            () => port.postMessage({ portolan: "alive?" }),
            () => end(lost),
          )
        : undefined;
      const stop = listen(port, { ...events, end }, watch);
      return {
        send: (message, transfer) => port.postMessage(message, transfer),
        hold: (busy) => watch?.hold(busy),
        close(reason) {
          watch?.hold(false);
          stop();
          if (!told) port.postMessage({ portolan: "end", code: reason.code });
          port.close();
          options.ended?.();
        },
      };
    },
  });
}

function traitsOf({ trusted, way = wholePort }: PrivatePortOptions): Partial<Traits> & Pick<Traits, "carries"> {
  return {
    carries: way.carries === "json" ? "json" : "clone",
    moves: way.carries === "all" ? "all" : "none",
    maxMessage: way.maxMessage || Number.POSITIVE_INFINITY,
    trusted,
  };
}

function listen(port: MessagePort, events: TransportEvents, watch: PortWatch | undefined): () => void {
  const onMessage = ({ data }: { data: unknown }): void => {
    watch?.heard();
    switch (wordIn(data)) {
      case "end":
        return events.end(remoteEnd((data as { code?: unknown }).code));
      case "alive?":
        return port.postMessage({ portolan: "alive" });
      case "alive":
        return;
      default:
        events.message(data);
    }
  };
  const onUnreadable = (): void =>
    events.end({ code: "PROTOCOL_ERROR", message: "a message arrived that cannot be read here", by: "platform" });
  port.addEventListener("message", onMessage);
  port.addEventListener("messageerror", onUnreadable);
  port.start();
  return () => {
    port.removeEventListener("message", onMessage);
    port.removeEventListener("messageerror", onUnreadable);
  };
}

/** What the two ends say about the port itself; frames of the conversation are arrays or texts. */
function wordIn(data: unknown): unknown {
  return typeof data === "object" && data !== null ? (data as { portolan?: unknown }).portolan : undefined;
}

const lost: CloseReason = {
  code: "UNAVAILABLE",
  message: "the content script is gone: its extension was reloaded, updated or removed",
  by: "platform",
};

function remoteEnd(code: unknown): CloseReason {
  if (code === "OK") return { code: "OK", message: "the other end closed", by: "remote" };
  return { code: "UNAVAILABLE", message: "the other end has lost its own way onwards", by: "remote" };
}
