import type { CloseOptions, Session, SessionOptions } from "./session-options.ts";
import type { CloseReason } from "./transport.ts";

/** How a source is doing. */
export type SourceStatus =
  | { readonly state: "connecting" }
  | {
      readonly state: "ready";
      /** The hash of the contract that the other side was built with, if it gave one. Nothing is done about it. */
      readonly contract?: string;
    }
  /** Silent longer than the heartbeat allows; calls still wait for it. */
  | { readonly state: "unresponsive" }
  /** Not connected; will be tried again. */
  | { readonly state: "lost"; readonly reason: CloseReason }
  /** Ended for good. */
  | { readonly state: "closed"; readonly reason: CloseReason };

/**
 * Anything a client can be made from besides one transport: a connector that
 * redials, a pool, a load balancer. It is a description; a client opens it.
 */
export interface SessionSource {
  /** Starts the source for one client. Every session it opens gets `options`. */
  open(options: SessionOptions): OpenSource;
}

/** A source that a client has opened. */
export interface OpenSource {
  readonly status: SourceStatus;
  /** Hears each change of status. Returns the way to stop. */
  onStatus(listener: (status: SourceStatus) => void): () => void;
  /**
   * The session for the next call: one that is ready, or a promise while there is
   * none. Rejects with UNAVAILABLE (delivered "no") when there will be none.
   */
  session(): Session | Promise<Session>;
  /** Nobody waits any more for this promise, which {@link OpenSource.session} gave: it counts no longer, and may never settle. */
  abandon?(waiting: Promise<Session>): void;
  /** A session that is open now, for looking at; never opens one. Undefined while there is none. */
  peek?(): Session | undefined;
  /** Ends the source and its sessions. Calling it twice is quiet. */
  close(options?: CloseOptions): Promise<void>;
}
