import type { Codec } from "./codec.ts";
import { RpcError } from "./error.ts";
import { type Listeners, listen, nobody } from "./listeners.ts";
import type { Traits } from "./traits.ts";
import { type CloseReason, closedHere, type Peer, type Transport } from "./transport.ts";

/** What an adapter tells about its port. */
export interface TransportEvents {
  /** A message arrived. */
  message(message: unknown): void;
  /** The port ended. Only the first end counts. */
  end(reason: CloseReason): void;
  /** The port can take more again. */
  writable(): void;
}

/** What an adapter does with its port. */
export interface TransportPort {
  /** Puts one message on the port. Throws what the platform throws when it refuses. */
  send(message: unknown, transfer: readonly object[]): void;
  /** Detaches every listener, and ends the port if it is ours to end. Called once. */
  close(reason: CloseReason): void;
  /** True while the port's own buffer is full. Default: never. */
  blocked?(): boolean;
  /** Keeps the process alive while `busy`. Default: nothing. */
  hold?(busy: boolean): void;
}

/** How to make a port a {@link Transport}. */
export interface TransportDefinition {
  /** What differs from the defaults of {@link Traits}; `carries` is required. */
  readonly traits: Partial<Traits> & Pick<Traits, "carries">;
  /** Who is on the other end. Default `{ kind: "unknown" }`. */
  readonly peer?: Partial<Peer>;
  /** The platform's port, where several transports may be made of one. Default: the transport itself. */
  readonly port?: object;
  /** What sessions speak on it unless they are told. Default: `clone()` for objects, `json()` for text, `ndjson()` for bytes. */
  readonly codec?: Codec | undefined;
  /** Attaches to the port. Called once, at once. */
  open(events: TransportEvents): TransportPort;
}

/**
 * Makes any port a well-behaved transport: messages wait for the first receiver,
 * a receiver that throws harms no other (its error goes to the console), the end
 * comes once and reaches late listeners too, and sending after the
 * end is refused.
 *
 * An adapter gives `open`, which attaches its listeners and returns the verbs.
 */
export function defineTransport(definition: TransportDefinition): Transport {
  return new DefinedTransport(definition);
}

const none: readonly never[] = [];

/** Who hears of a transport. */
interface Audience {
  message: Listeners<unknown>;
  close: Listeners<CloseReason>;
  writable: Listeners<void>;
}

const nobodyYet = (): Audience => ({ message: nobody, close: nobody, writable: nobody });

class DefinedTransport implements Transport {
  readonly traits: Traits;
  readonly peer: Peer;
  readonly port: object;
  readonly codec: Codec | undefined;
  #ended: CloseReason | undefined;
  #port: TransportPort | undefined;
  #kept: unknown[] | undefined;
  #closed: Promise<CloseReason> | undefined;
  #listeners = nobodyYet();

  constructor(definition: TransportDefinition) {
    this.traits = wholeTraits(definition.traits);
    this.port = definition.port ?? this;
    this.codec = definition.codec;
    this.peer = { kind: "unknown", ...definition.peer, trusted: this.traits.trusted };
    this.#port = definition.open({
      message: (message) => this.#deliver(message),
      end: (reason) => this.#end(reason),
      writable: () => {
        for (const listener of this.#listeners.writable) isolated(listener, undefined);
      },
    });
    // The port may have ended while it was opened: give it its way out.
    if (this.#ended) this.#port.close(this.#ended);
  }

  get closed(): Promise<CloseReason> {
    this.#closed ??= new Promise((resolve) => (this.#ended ? resolve(this.#ended) : this.onClose(resolve)));
    return this.#closed;
  }

  get blocked(): boolean {
    return this.#port?.blocked?.() ?? false;
  }

  get ended(): CloseReason | undefined {
    return this.#ended;
  }

  send(message: unknown, transfer: readonly object[] = none): void {
    if (this.#ended || !this.#port) {
      const why = `the transport has ended: ${this.#ended?.message ?? "not open"}`;
      throw new RpcError("UNAVAILABLE", why, { delivered: "no" });
    }
    this.#port.send(message, transfer);
  }

  receive(receiver: (message: unknown) => void): () => void {
    const stop = listen<unknown, "message">(this.#listeners, "message", receiver);
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const message of kept) this.#deliver(message);
    return stop;
  }

  onClose(listener: (reason: CloseReason) => void): () => void {
    const stop = listen<CloseReason, "close">(this.#listeners, "close", listener);
    const ended = this.#ended;
    if (ended) {
      queueMicrotask(() => {
        if (stop()) listener(ended);
      });
    }
    return stop;
  }

  onWritable(listener: () => void): () => void {
    return listen<void, "writable">(this.#listeners, "writable", listener);
  }

  hold(busy: boolean): void {
    if (!this.#ended) this.#port?.hold?.(busy);
  }

  close(reason: CloseReason = closedHere): void {
    this.#end(reason);
  }

  /** A receiver that comes meanwhile hears the next message; one that goes hears no more of this one. */
  #deliver(message: unknown): void {
    if (this.#ended) return;
    const receivers = this.#listeners.message;
    if (receivers.length === 0) this.#keep(message);
    for (const receiver of receivers) {
      const now = this.#listeners.message;
      if (receivers === now || now.includes(receiver)) isolated(receiver, message);
    }
  }

  #keep(message: unknown): void {
    this.#kept ??= [];
    if (this.#kept.push(message) <= maxKept) return;
    const why = `more than ${maxKept} messages arrived before anyone received`;
    this.#end({ code: "RESOURCE_EXHAUSTED", message: why, by: "local" });
  }

  #end(reason: CloseReason): void {
    if (this.#ended) return;
    this.#ended = reason;
    const { close } = this.#listeners;
    this.#listeners = nobodyYet();
    this.#kept = undefined;
    if (this.#port) isolated((last) => this.#port?.close(last), reason);
    for (const listener of close) isolated(listener, reason);
  }
}

/** Made once for each object of an adapter's, since a server has thousands of transports alike. */
const knownTraits = /* @__PURE__ */ new WeakMap<object, Traits>();

function wholeTraits(given: TransportDefinition["traits"]): Traits {
  let traits = knownTraits.get(given);
  if (!traits) {
    traits = Object.freeze({ ...defaultTraits, ...given });
    knownTraits.set(given, traits);
  }
  return traits;
}

/** Runs a listener; what it throws is reported on the console and stops nobody. */
function isolated<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch (error) {
    console.error("portolan: a transport's listener threw", error);
  }
}

const defaultTraits: Omit<Traits, "carries"> = {
  moves: "none",
  platformObjects: true,
  maxMessage: Number.POSITIVE_INFINITY,
  framed: true,
  announcesDeath: true,
  queues: true,
  shared: false,
  oneExchange: false,
  trusted: false,
  network: false,
};

/** How many messages wait for the first receiver before the transport gives up. */
const maxKept = 16_384;
