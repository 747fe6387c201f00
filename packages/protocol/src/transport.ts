import type { Carriage } from "./carriage.ts";
import type { Codec } from "./codec.ts";
import { RpcError } from "./error.ts";
import type { ErrorCode } from "./error-code.ts";

export type { Carriage } from "./carriage.ts";

/** What a port can move instead of copying. */
export type Movable = "none" | "ports" | "all";

/** What a transport can do. Sessions choose their behaviour by these. */
export interface Traits {
  /** What one message may be. */
  readonly carries: Carriage;
  /** Which transferables a message may move. Default `"none"`. */
  readonly moves: Movable;
  /**
   * Where it carries clones: platform objects (Blob, CryptoKey, DOMRect …) too. False for the ports of Electron's main
   * process, where a message that holds one vanishes. Default true.
   */
  readonly platformObjects: boolean;
  /** The largest message in bytes (text: UTF-16 units); larger ones are fragmented. Default: no limit. */
  readonly maxMessage: number;
  /** One message in is one message out. False only for byte streams. Default true. */
  readonly framed: boolean;
  /** The platform says when the other end dies. Where false, sessions ping while something is owed. Default true. */
  readonly announcesDeath: boolean;
  /** Messages sent before the other end listens are kept for it. Default true. */
  readonly queues: boolean;
  /** Strangers use the same port, so each message carries a mark. Default false. */
  readonly shared: boolean;
  /** One request and one response, as in HTTP: nothing that needs a way back. Default false. */
  readonly oneExchange: boolean;
  /** The other end is as trusted as our own code. Default false. */
  readonly trusted: boolean;
  /** The other end is reached over a network: the handshake has a time limit, and streams begin with little under way. Default false. */
  readonly network: boolean;
}

/** Who is on the other end. Adapters add what their platform tells. */
export interface Peer {
  /** What kind of context it is, such as `"worker-thread"` or `"electron-frame"`. */
  readonly kind: string;
  /** Whether it is as trusted as our own code. */
  readonly trusted: boolean;
  /** What it presented at the handshake; `undefined` before. Foreign data: check it. */
  readonly metadata?: unknown;
  /** The hash of the contract that it was built with, if it gave one at the handshake. Nothing is done about it. */
  readonly contract?: string;
  /** Platform details, such as `window`, `frame`, `sender` or `request`. */
  readonly [detail: string]: unknown;
}

/** Why a transport or a session ended. */
export interface CloseReason {
  /** `"OK"` for an orderly end, otherwise what went wrong. */
  readonly code: "OK" | ErrorCode;
  readonly message: string;
  /** Which end decided: this one, the other one, or the platform between them. */
  readonly by: "local" | "remote" | "platform";
  /** What the platform reported, such as a worker's uncaught error. */
  readonly cause?: unknown;
  /** `"no"` when nothing that was sent has reached anybody: who asked was turned away, or what was dialled never began. */
  readonly delivered?: "no";
}

/**
 * Every port made alike. A transport carries whole messages in order, at most
 * once, and ends exactly once. Make one with {@link defineTransport}.
 */
export interface Transport {
  readonly traits: Traits;
  readonly peer: Peer;
  /** The port itself, told apart by identity: two transports over one port share its channels. */
  readonly port: object;
  /** What sessions speak on it unless they are told. Default: the plainest codec that fits. */
  readonly codec?: Codec | undefined;
  /** True while the port would rather not take more; see {@link Transport.onWritable}. */
  readonly blocked: boolean;
  /** Set once the transport has ended. */
  readonly ended: CloseReason | undefined;
  /** Resolves when the transport ends, for whatever reason. Never rejects. */
  readonly closed: Promise<CloseReason>;
  /**
   * Sends one message, moving what `transfer` lists. Bytes of a codec are handed over: once they have left, something else
   * may be written in their memory.
   * Throws an RpcError UNAVAILABLE after the end, and whatever the platform throws
   * for a message that it refuses; the transport lives on then.
   */
  send(message: unknown, transfer?: readonly object[]): void;
  /** Hears every message from now on, and those kept since the start. Returns the way to stop. */
  receive(receiver: (message: unknown) => void): () => void;
  /** Calls back once at the end, in the same turn; in a microtask if it has ended already. */
  onClose(listener: (reason: CloseReason) => void): () => void;
  /** Calls back each time the port can take more again. */
  onWritable(listener: () => void): () => void;
  /** Says whether work is pending, so that the port may keep its process alive. */
  hold(busy: boolean): void;
  /** Ends the transport. Calling it twice is quiet. */
  close(reason?: CloseReason): void;
}

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

/** The end of a transport or session that closed because this side asked. */
export const closedHere: CloseReason = { code: "OK", message: "closed by this side", by: "local" };

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

type Listeners<T> = readonly ((value: T) => void)[];

const none: readonly never[] = [];

/**
 * Lists are replaced, never changed: an idle transport holds none, and a walk is not disturbed.
 * By `concat`, which makes them no larger than they are; a spread leaves room for 16 more.
 */
class DefinedTransport implements Transport {
  readonly traits: Traits;
  readonly peer: Peer;
  readonly port: object;
  readonly codec: Codec | undefined;
  #ended: CloseReason | undefined;
  #port: TransportPort | undefined;
  #kept: unknown[] | undefined;
  #closed: Promise<CloseReason> | undefined;
  #receivers: Listeners<unknown> = none;
  #closeListeners: Listeners<CloseReason> = none;
  #writableListeners: Listeners<void> = none;

  constructor(definition: TransportDefinition) {
    this.traits = wholeTraits(definition.traits);
    this.port = definition.port ?? this;
    this.codec = definition.codec;
    this.peer = { kind: "unknown", ...definition.peer, trusted: this.traits.trusted };
    this.#port = definition.open({
      message: (message) => this.#deliver(message),
      end: (reason) => this.#end(reason),
      writable: () => {
        for (const listener of this.#writableListeners) isolated(listener, undefined);
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
      throw new RpcError("UNAVAILABLE", `the transport has ended: ${this.#ended?.message ?? "not open"}`, {
        delivered: "no",
      });
    }
    this.#port.send(message, transfer);
  }

  receive(receiver: (message: unknown) => void): () => void {
    let own: typeof receiver | undefined = ownOf(this.#receivers, receiver);
    this.#receivers = this.#receivers.concat(own);
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const message of kept) this.#deliver(message);
    return () => {
      this.#receivers = without(this.#receivers, own);
      own = undefined;
    };
  }

  onClose(listener: (reason: CloseReason) => void): () => void {
    let own: typeof listener | undefined = ownOf(this.#closeListeners, listener);
    this.#closeListeners = this.#closeListeners.concat(own);
    const stop = () => {
      this.#closeListeners = without(this.#closeListeners, own);
      own = undefined;
    };
    const ended = this.#ended;
    if (ended) {
      queueMicrotask(() => {
        if (!own) return;
        stop();
        listener(ended);
      });
    }
    return stop;
  }

  onWritable(listener: () => void): () => void {
    let own: typeof listener | undefined = ownOf(this.#writableListeners, listener);
    this.#writableListeners = this.#writableListeners.concat(own);
    return () => {
      this.#writableListeners = without(this.#writableListeners, own);
      own = undefined;
    };
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
    const receivers = this.#receivers;
    if (receivers.length === 0) this.#keep(message);
    for (const receiver of receivers) {
      if (receivers === this.#receivers || this.#receivers.includes(receiver)) isolated(receiver, message);
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
    const listeners = this.#closeListeners;
    this.#closeListeners = none;
    this.#receivers = none;
    this.#writableListeners = none;
    this.#kept = undefined;
    if (this.#port) isolated((last) => this.#port?.close(last), reason);
    for (const listener of listeners) isolated(listener, reason);
  }
}

/** The listener, or for one that listens already a function of its own, so that registering it twice counts twice. */
function ownOf<T>(listeners: Listeners<T>, listener: (value: T) => void): (value: T) => void {
  return listeners.includes(listener) ? (value) => listener(value) : listener;
}

function without<T>(listeners: Listeners<T>, gone: ((value: T) => void) | undefined): Listeners<T> {
  return listeners.length > 1
    ? listeners.filter((listener) => listener !== gone)
    : listeners[0] === gone
      ? none
      : listeners;
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
