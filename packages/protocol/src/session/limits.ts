import { RpcError } from "../error.ts";

/** What a peer can make us hold: one row each, every one an option. */
export interface Limits {
  /** Calls of the peer running here at once. Default 1 024. */
  readonly calls: number;
  /** Our calls that wait for a free place over there. Default 16 384. */
  readonly queuedCalls: number;
  /** References of either side alive at once. Default 10 000. */
  readonly references: number;
  /** Streams open at once. Default 256. */
  readonly streams: number;
  /** Items ahead of a stream's consumer, to begin with. Default 256. */
  readonly windowItems: number;
  /** Items ahead of a fast consumer, at most. Default 1 024. */
  readonly maxWindowItems: number;
  /** Bytes ahead of a stream's consumer, at most. Default 1 MiB. */
  readonly windowBytes: number;
  /** Messages in one received batch. Default 1 024. */
  readonly batch: number;
  /** Time in milliseconds for the peer's hello on networks. Default 10 000. */
  readonly handshake: number;
  /** Bytes of metadata in hello. Default 16 KiB. */
  readonly metadata: number;
  /** Bytes that wait while the port is blocked. Default 16 MiB. */
  readonly sendQueue: number;
  /** Bytes of one message from an untrusted peer. Default 16 MiB; `serve` sets 1 MiB on networks. */
  readonly message: number;
  /** Depth of values from an untrusted peer. Default 256. */
  readonly depth: number;
  /** Nodes in one message from an untrusted peer. Default 200 000. */
  readonly nodes: number;
  /** Digits of a bigint from an untrusted peer. Default 16 384. */
  readonly bigintDigits: number;
  /** Milliseconds that the pieces of an unfinished fragmented message are kept. Default 30 000; 0 keeps them. */
  readonly fragments: number;
}

/** The defaults of {@link Limits}. */
export const defaultLimits: Limits = {
  calls: 1024,
  queuedCalls: 16_384,
  references: 10_000,
  streams: 256,
  windowItems: 256,
  maxWindowItems: 1024,
  windowBytes: 1024 * 1024,
  batch: 1024,
  handshake: 10_000,
  metadata: 16 * 1024,
  sendQueue: 16 * 1024 * 1024,
  message: 16 * 1024 * 1024,
  depth: 256,
  nodes: 200_000,
  bigintDigits: 16_384,
  fragments: 30_000,
};

/** What stands for no limit where one travels: hello and credit hold whole numbers. */
const unlimited = 2 ** 52;

/**
 * The defaults with what the user changed. Throws a TypeError for a limit that is
 * neither a positive whole number nor Infinity.
 */
export function limitsWith(changed: Partial<Limits> | undefined): Limits {
  if (!changed) return defaultLimits;
  const known = made.get(changed) ?? makeLimits(changed);
  made.set(changed, known);
  return known;
}

/** Servers give the same limits to each of many sessions. */
const made = new WeakMap<Partial<Limits>, Limits>();

function makeLimits(changed: Partial<Limits>): Limits {
  const limits: Record<string, number> = { ...defaultLimits };
  for (const [name, value] of Object.entries(changed)) {
    if (!Object.hasOwn(defaultLimits, name)) throw new TypeError(`unknown limit ${JSON.stringify(name)}`);
    const whole = value === Number.POSITIVE_INFINITY || Number.isSafeInteger(value);
    if (!whole || value < (name === "fragments" ? 0 : 1)) {
      throw new TypeError(`expected limit ${name} to be a positive whole number, got ${String(value)}`);
    }
    limits[name] = Math.min(value, unlimited);
  }
  return limits as unknown as Limits;
}

/** The one way to say that a limit was exceeded. Nothing of the work had started. */
export function exceeded(what: string, limit: number): RpcError {
  return new RpcError("RESOURCE_EXHAUSTED", `the limit of ${limit} ${what} is reached`, { delivered: "no" });
}
