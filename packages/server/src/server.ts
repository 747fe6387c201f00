import type { CloseOptions, Peer, Session, SessionOptions } from "@portolan/protocol";

/** What is served: a record of functions and procedures, nested as you like, or an RpcTarget. */
export type Router = object;

/** How {@link serve} serves. Everything a session takes, but what is exposed. */
export interface ServeOptions<Context = unknown>
  extends Omit<SessionOptions, "admit" | "expose" | "keepTransport" | "interceptRoot" | "stay"> {
  /**
   * Builds the context of a peer, once per session, before any of its calls:
   * authenticate here. What it throws refuses the peer: an RpcError with its code,
   * anything else as PERMISSION_DENIED.
   */
  readonly context?: (peer: Peer) => Context | Promise<Context>;
}

/** What serves. `PeerApi` is what peers expose to us: `const server: Server<PageApi> = serve(…)`. */
export interface Server<PeerApi = unknown> extends AsyncDisposable {
  /** Resolves once peers can arrive; rejects when that fails, as on a taken port. */
  readonly ready: Promise<void>;
  /** Where a listener listens. */
  readonly address: unknown;
  /** The sessions that are open now. */
  readonly sessions: ReadonlySet<Session<PeerApi>>;
  /** The first session, now or later, whose peer `match` accepts. Rejects with UNAVAILABLE when serving ends first. */
  when(match: (peer: Peer) => boolean): Promise<Session<PeerApi>>;
  /** Stops listening and closes every session; those get `drain` milliseconds to finish their calls. */
  close(options?: Pick<CloseOptions, "drain">): Promise<void>;
}
