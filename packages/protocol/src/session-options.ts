import type { Codec } from "./codec.ts";
import type { IncomingInterceptor, OutgoingInterceptor } from "./interceptor.ts";
import type { Remote } from "./remote.ts";
import type { Limits } from "./session/limits.ts";
import type { Heartbeat } from "./session/liveness.ts";
import type { SessionStats } from "./session/stats.ts";
import type { CloseReason, Peer } from "./transport.ts";

/** Where a failure that no peer hears of came from. */
export interface FailurePlace {
  /** The path that was called; empty for none. */
  readonly path: readonly string[];
  readonly peer: Peer;
  /** What the peer's INTERNAL error names, so that the two can be matched. */
  readonly reference?: string;
}

/** A message on its way out, as the `transfer` option sees it. */
export interface OutgoingMessage {
  readonly kind: "call" | "result" | "item" | "other";
  /** The arguments, the result or the item. */
  readonly value: unknown;
}

/** How {@link openSession} opens a session. */
export interface SessionOptions {
  /** What the peer may call: a record of functions (nested as you like), an RpcTarget, or one function. Stays yours. */
  readonly expose?: unknown;
  /** Default: the transport's own, or `clone()` where it carries objects, `json()` for text, `ndjson()` for bytes. */
  readonly codec?: Codec;
  /** Shares the port with other sessions and with strangers, under this name. */
  readonly channel?: string;
  /** What the peer reads as `peer.metadata`: plain data of at most 16 KiB, or a function that gives it at each connect. */
  readonly metadata?: unknown | (() => unknown);
  /** What a peer may make us hold; see {@link Limits}. */
  readonly limits?: Partial<Limits>;
  /** Our calls in flight at once, at most; the others wait here, as `limits.queuedCalls` says. Default: what the peer grants. */
  readonly concurrency?: number;
  /** Whether the peer hears what our handlers threw. Default: if it is trusted. */
  readonly exposeErrors?: boolean;
  /** `"session"` lends callbacks until the session ends or they are released, as ioRPC does. Default `"call"`. */
  readonly callbacks?: "call" | "session";
  /** Hears every failure that no caller hears of. Default: `console.error`. */
  readonly onError?: (error: unknown, place: FailurePlace) => void;
  /** Wraps calls, first one outermost. */
  readonly interceptors?: {
    readonly outgoing?: readonly OutgoingInterceptor[];
    readonly incoming?: readonly IncomingInterceptor[];
  };
  /**
   * Says for each message what it moves. With a codec that makes text or bytes on a
   * transport that clones, a list (an empty one too) sends that message as a
   * structured clone, and `null` or `undefined` as the codec does.
   */
  readonly transfer?: (message: OutgoingMessage) => readonly object[] | null | undefined;
  /** When the peer is asked whether it lives; false never asks. */
  readonly heartbeat?: Partial<Heartbeat> | false;
  /**
   * The hash of the contract that this side was built with, at most 256 characters. The peer reads it as
   * `peer.contract`, a client's `status` too. It is reported and nothing else: sides that differ talk.
   */
  readonly contract?: string;
  /** Keeps the process alive while the session is open. Default: if something is exposed. */
  readonly stay?: boolean;
  /** False where whoever opens the session runs the outgoing interceptors around calls on its root. Default true. */
  readonly interceptRoot?: boolean;
  /** Leaves the transport open when the session ends, for the next one on it. Default false. */
  readonly keepTransport?: boolean;
  /**
   * Lets a peer in: runs when its metadata is known, before any of its calls. What
   * it returns is `call.context`, and what it throws closes the session with that
   * code (PERMISSION_DENIED for what is no RpcError).
   */
  readonly admit?: (session: Session) => unknown;
}

/** One live conversation. Both sides may expose and call. Close it: `await using session = openSession(…)`. */
export type Session<Api = unknown> = unknown extends Api ? AnySession : AnySession & { readonly remote: Remote<Api> };

/** A {@link Session}, whatever its peer exposes. */
export interface AnySession extends AsyncDisposable {
  /** What the peer exposes. */
  readonly remote: unknown;
  readonly peer: Peer;
  /** Resolves when both sides have said hello and the peer has been let in; rejects when that fails. Reading it is optional. */
  readonly ready: Promise<void>;
  /** Resolves when the session has ended, with the reason. Never rejects. */
  readonly closed: Promise<CloseReason>;
  /** Set once the session has ended. */
  readonly ended: CloseReason | undefined;
  readonly state: "connecting" | "ready" | "unresponsive" | "draining" | "closed";
  /** The contract hash of the peer, if it gave one. */
  readonly contract: string | undefined;
  /** Hears each change of {@link AnySession.state}. Returns the way to stop. */
  onState(listener: (state: Session["state"]) => void): () => void;
  /** Counts what is held. */
  stats(): SessionStats;
  /** Round-trip time in milliseconds. Rejects with UNAVAILABLE when the session ends first. */
  ping(): Promise<number>;
  /**
   * Ends the session; calls in flight reject with CANCELLED. With `drain`, new calls
   * are refused at once and those in flight get so many milliseconds to finish.
   * Calling it twice is quiet.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** How {@link AnySession.close} ends. */
export interface CloseOptions {
  /** Milliseconds to wait for calls in flight. Default 0. */
  readonly drain?: number;
  /** What the other side is told. Default: an orderly end. */
  readonly reason?: Pick<CloseReason, "code" | "message">;
}
