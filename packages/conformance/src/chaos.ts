import { type CloseReason, defineTransport, type Transport, type TransportEvents } from "@portolan/protocol";
import { Random } from "./random.ts";

/** What {@link chaos} does to what arrives. Everything is off by default. */
export interface ChaosOptions {
  /** The same seed does the same again. Default 1. */
  readonly seed?: number;
  /** Milliseconds that a message is late, at most. Order is kept. */
  readonly delay?: number;
  /** How likely a message overtakes the one before it, from 0 to 1. */
  readonly reorder?: number;
  /** How likely a message arrives twice. */
  readonly duplicate?: number;
  /** How likely a message is lost. */
  readonly drop?: number;
  /** How likely a text or bytes are cut somewhere, and the transport ends after it. */
  readonly truncate?: number;
  /** After so many messages out, nothing more leaves, and nobody is told. */
  readonly halfClose?: number;
  /** The port is full after every so many messages out, for {@link ChaosOptions.slowFor} milliseconds. */
  readonly slowReader?: number;
  /** Default 1. */
  readonly slowFor?: number;
  /** How likely `send` throws instead of sending. */
  readonly throwOnSend?: number;
  /** Hears of everything that was done, in order. */
  readonly onEvent?: (event: ChaosEvent) => void;
}

/** Something that was done to a message. */
export interface ChaosEvent {
  readonly what: "reordered" | "duplicated" | "dropped" | "truncated" | "swallowed" | "blocked" | "refused";
  /** Which message in its direction, from 1. */
  readonly message: number;
}

/**
 * The same transport with bad luck: what arrives is late, doubled, lost, cut …,
 * by chance and yet the same again for the same seed. It passes on the traits, so
 * only what those allow is within the rules. Ending either ends both.
 */
export function chaos(transport: Transport, options: ChaosOptions = {}): Transport {
  return defineTransport({
    traits: transport.traits,
    codec: transport.codec,
    peer: transport.peer,
    port: transport.port,
    open(events) {
      const luck = new Luck(transport, options, events);
      return {
        send: (message, transfer) => luck.send(message, transfer),
        close: (reason) => luck.close(reason),
        blocked: () => luck.blocked,
        hold: (busy) => transport.hold(busy),
      };
    },
  });
}

interface Arrival {
  readonly due: number;
  readonly run: () => void;
}

class Luck {
  readonly #transport: Transport;
  readonly #options: ChaosOptions;
  readonly #events: TransportEvents;
  readonly #random: Random;
  readonly #waiting: Arrival[] = [];
  readonly #stops: (() => void)[];
  #held: (() => void) | undefined;
  #in = 0;
  #out = 0;
  #full = false;
  #last = 0;
  #timers = new Set<unknown>();

  constructor(transport: Transport, options: ChaosOptions, events: TransportEvents) {
    this.#transport = transport;
    this.#options = options;
    this.#events = events;
    this.#random = new Random(options.seed ?? 1);
    this.#stops = [
      transport.receive((message) => this.#arrive(message)),
      transport.onClose((reason) => this.#late(() => this.#end(reason))),
      transport.onWritable(() => events.writable()),
    ];
  }

  get blocked(): boolean {
    return this.#full || this.#transport.blocked;
  }

  send(message: unknown, transfer: readonly object[]): void {
    const { halfClose, throwOnSend = 0, slowReader, slowFor = 1 } = this.#options;
    this.#out++;
    if (this.#random.chance(throwOnSend)) {
      this.#tell("refused", this.#out);
      throw new TypeError("chaos: the platform refuses this message");
    }
    if (halfClose !== undefined && this.#out > halfClose) return this.#tell("swallowed", this.#out);
    if (slowReader !== undefined && this.#out % slowReader === 0) this.#block(slowFor);
    this.#transport.send(message, transfer);
  }

  close(reason: CloseReason): void {
    for (const stop of this.#stops) stop();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#waiting.length = 0;
    this.#transport.close(reason);
  }

  #arrive(message: unknown): void {
    const { drop = 0, duplicate = 0, reorder = 0, truncate = 0 } = this.#options;
    const number = ++this.#in;
    if (this.#random.chance(drop)) return this.#tell("dropped", number);
    const deliver = () => this.#events.message(message);
    if (this.#random.chance(truncate)) return this.#cut(message, number);
    if (this.#random.chance(reorder) && !this.#held) {
      this.#tell("reordered", number);
      this.#held = deliver;
      // Nothing may follow: then it is only late.
      return this.#after(5, () => this.#letGo());
    }
    this.#late(deliver);
    this.#letGo();
    if (!this.#random.chance(duplicate)) return;
    this.#tell("duplicated", number);
    this.#late(() => this.#events.message(copyOf(message)));
  }

  #letGo(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#late(held);
  }

  #cut(message: unknown, number: number): void {
    this.#tell("truncated", number);
    const length = typeof message === "string" ? message.length : ArrayBuffer.isView(message) ? message.byteLength : 0;
    const at = this.#random.below(Math.max(1, length));
    if (typeof message === "string") this.#late(() => this.#events.message(message.slice(0, at)));
    if (message instanceof Uint8Array) this.#late(() => this.#events.message(message.subarray(0, at)));
    this.#late(() => this.#end({ code: "UNAVAILABLE", message: "chaos: cut off in a message", by: "platform" }));
  }

  /** Delivers now or later, never before what came before it. */
  #late(run: () => void): void {
    const { delay = 0 } = this.#options;
    if (delay === 0) return run();
    const due = Math.max(this.#last, performance.now() + this.#random.below(delay + 1));
    this.#last = due;
    this.#waiting.push({ due, run });
    this.#after(due - performance.now(), () => this.#waiting.shift()?.run());
  }

  #end(reason: CloseReason): void {
    this.#events.end(reason);
  }

  #block(ms: number): void {
    this.#tell("blocked", this.#out);
    this.#full = true;
    this.#after(ms, () => {
      this.#full = false;
      this.#events.writable();
    });
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  #tell(what: ChaosEvent["what"], message: number): void {
    this.#options.onEvent?.({ what, message });
  }
}

/** A message that arrives twice is two objects. */
function copyOf(message: unknown): unknown {
  try {
    return structuredClone(message);
  } catch {
    return message;
  }
}
