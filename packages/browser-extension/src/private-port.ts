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

/** A port that leads to its other end and no further. */
export const wholePort: WayOnwards = { carries: "all", maxMessage: 0 };

/** Who is at the other end of a private port. */
export interface PrivatePortOptions {
  readonly peer: Partial<Peer>;
  readonly trusted: boolean;
  /** What the way behind the port takes. Default: whatever the port takes. */
  readonly way?: WayOnwards;
  /** Called once the transport has ended. */
  readonly ended?: () => void;
}

/**
 * A transport over a MessagePort that only content script and page hold. Neither
 * outlives their document, so the only end to tell is a deliberate one, and it is
 * told in words: Chromium's ports have no `close` event. The port is ours to end.
 */
export function privatePortTransport(port: MessagePort, options: PrivatePortOptions): Transport {
  return defineTransport({
    traits: traitsOf(options),
    codec: cloneInPieces(),
    peer: options.peer,
    port,
    open(events) {
      let told = false;
      const stop = listen(port, {
        ...events,
        end(reason) {
          told = true;
          events.end(reason);
        },
      });
      return {
        send: (message, transfer) => port.postMessage(message, transfer),
        close(reason) {
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
    announcesDeath: true,
  };
}

function listen(port: MessagePort, events: TransportEvents): () => void {
  const onMessage = ({ data }: { data: unknown }): void => {
    if (isEnd(data)) events.end(remoteEnd(data.code));
    else events.message(data);
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

function isEnd(data: unknown): data is { code: unknown } {
  return typeof data === "object" && data !== null && (data as { portolan?: unknown }).portolan === "end";
}

function remoteEnd(code: unknown): CloseReason {
  if (code === "OK") return { code: "OK", message: "the other end closed", by: "remote" };
  return { code: "UNAVAILABLE", message: "the other end has lost its own way onwards", by: "remote" };
}
