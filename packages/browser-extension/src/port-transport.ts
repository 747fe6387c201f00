import {
  cloneInPieces,
  defineTransport,
  type Peer,
  type Traits,
  type Transport,
  type TransportEvents,
} from "@portolan/protocol";
import { parseHandshake } from "./handshake.ts";
import type { PortCarriage } from "./port-carriage.ts";
import { type PortLine, postQuietly } from "./port-line.ts";

/**
 * Runtime ports refuse messages above 64 MiB. As JSON, a UTF-16 unit takes up to six
 * bytes, so what has more of them than this goes in pieces.
 */
export const longestMessage: number = 10 * 1024 * 1024;

/** What differs between the transports over runtime ports. */
export interface PortTransportOptions {
  readonly carries: PortCarriage;
  readonly peer: Partial<Peer>;
  readonly trusted: boolean;
  /** While work is pending, post something every so many milliseconds. Default: nothing. */
  readonly keepAlive?: number | undefined;
}

/** The traits of every transport over a runtime port. */
export function portTraits(carries: PortCarriage, trusted: boolean): Partial<Traits> & Pick<Traits, "carries"> {
  return { carries, trusted, maxMessage: longestMessage };
}

/** A transport over a line whose handshake is done. The line is the transport's to end. */
export function portTransport(line: PortLine, options: PortTransportOptions): Transport {
  return defineTransport({
    traits: portTraits(options.carries, options.trusted),
    codec: cloneInPieces(),
    peer: options.peer,
    port: line.port,
    open(events) {
      carryFrames(line, events);
      const keeper = keepAwake(line, options.keepAlive);
      return {
        send: (message) => line.port.postMessage(message),
        hold: (busy) => keeper.hold(busy),
        close() {
          keeper.hold(false);
          line.close();
        },
      };
    },
  });
}

/** From now on what arrives on the line goes to a transport. */
export function carryFrames(line: PortLine, events: TransportEvents): void {
  line.message = (message) => {
    if (!parseHandshake(message)) events.message(message);
  };
  line.end = (reason) => events.end(reason);
  if (line.ended) events.end(line.ended);
}

/** A worker whose event takes long is stopped unless something arrives: this makes something arrive. */
function keepAwake(line: PortLine, every: number | undefined): { hold(busy: boolean): void } {
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    hold(busy) {
      if (every === undefined || busy === (timer !== undefined)) return;
      if (timer !== undefined) clearInterval(timer);
      timer = busy ? setInterval(() => postQuietly(line.port, { portolan: "awake" }), every) : undefined;
    },
  };
}
