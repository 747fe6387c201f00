import { defineTransport, type TransportEvents } from "./define-transport.ts";
import type { Traits } from "./traits.ts";
import type { CloseReason, Transport } from "./transport.ts";

/** How an in-memory pair behaves. */
export interface TransportPairOptions {
  /** Traits of both ends. Default: clones, moves everything, trusted. */
  readonly traits?: Partial<Traits>;
}

/**
 * Two transports back to back, in memory. What goes in at one end comes out at
 * the other in a later microtask, as a structured clone (or as JSON, text or
 * bytes if the traits say so), so that nothing passes by accident.
 */
export function transportPair(options: TransportPairOptions = {}): [Transport, Transport] {
  const traits: Partial<Traits> & Pick<Traits, "carries"> = {
    carries: "clone",
    moves: "all",
    trusted: true,
    ...options.traits,
  };
  const events: [TransportEvents?, TransportEvents?] = [];
  const inFlight: [unknown[], unknown[]] = [[], []];
  const end = (side: 0 | 1): Transport =>
    defineTransport({
      traits,
      peer: { kind: "memory" },
      open(own) {
        events[side] = own;
        return {
          send: (message, transfer) => post(1 - side, carry(message, transfer, traits.carries)),
          close: (reason) => post(1 - side, new End(reason)),
        };
      },
    });

  function post(to: number, message: unknown): void {
    const queue = inFlight[to as 0 | 1];
    if (queue.push(message) > 1) return;
    queueMicrotask(() => {
      inFlight[to as 0 | 1] = [];
      for (const arrived of queue) hand(to, arrived);
    });
  }

  function hand(to: number, arrived: unknown): void {
    if (arrived instanceof End) events[to]?.end(otherSideOf(arrived.reason));
    else events[to]?.message(arrived);
  }

  return [end(0), end(1)];
}

class End {
  readonly reason: CloseReason;
  constructor(reason: CloseReason) {
    this.reason = reason;
  }
}

function otherSideOf(reason: CloseReason): CloseReason {
  return { code: reason.code === "OK" ? "OK" : "UNAVAILABLE", message: "the other end closed", by: "remote" };
}

function carry(message: unknown, transfer: readonly object[], carries: Traits["carries"]): unknown {
  switch (carries) {
    case "clone":
      return structuredClone(message, { transfer });
    case "json":
      return JSON.parse(JSON.stringify(message));
    case "text":
      if (typeof message !== "string") throw new TypeError(`expected text, got ${typeof message}`);
      return message;
    case "bytes":
      if (!(message instanceof Uint8Array)) throw new TypeError(`expected bytes, got ${typeof message}`);
      return message.slice();
  }
}
