import {
  type CloseOptions,
  type CloseReason,
  checkSessionOptions,
  type Listener,
  notASource,
  openSession,
  type Peer,
  RpcError,
  type Session,
  type SessionOptions,
  type Transport,
} from "@portolan/protocol";
import { adopt } from "./adopted-session.ts";
import { checkRouter } from "./check-router.ts";
import { networkOptions, PeerOptions } from "./peer-options.ts";
import type { Router, ServeOptions, Server } from "./server.ts";
import { Waiting } from "./waiting.ts";

/**
 * Serves a router to whoever comes.
 *
 * @param source one transport, a listener, or an open session that exposes nothing yet. A
 *   transport on a port that several contexts share serves one peer after the other. A session stays yours: closing
 *   the server takes the API from it, and its limits and codec are those that it was opened with.
 * @param router what peers may call; or a function that gives it for each peer.
 *   Stays yours. Checked at once: a forbidden name or an accessor is a TypeError
 *   that names its path.
 */
export function serve<Context = unknown, PeerApi = unknown>(
  source: Transport | Session | Listener,
  router: Router | ((peer: Peer) => Router | Promise<Router>),
  options: ServeOptions<Context> = {},
): Server<PeerApi> {
  if (!["accept", "traits", "remote"].some((name) => name in Object(source)))
    throw notASource(source, "a Transport, a Session or a Listener");
  checkSessionOptions(options, ["context"]);
  if (options.context !== undefined && typeof options.context !== "function")
    throw new TypeError("expected context to be a function: context: (peer) => ({ … })");
  if (typeof router !== "function") checkRouter(router);
  // Only the user knows what peers expose.
  return new Serving(source, router, options as ServeOptions) as Server as Server<PeerApi>;
}

class Serving implements Server {
  readonly ready: Promise<void>;
  readonly #source: Transport | Session | Listener;
  readonly #router: Router | ((peer: Peer) => Router | Promise<Router>);
  readonly #options: ServeOptions;
  readonly #onNetworks: SessionOptions;
  readonly #sessions = new Set<Session>();
  readonly #waiting = new Waiting();
  /** Gives the session that is served on back to whoever opened it. */
  #giveBack: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    source: Transport | Session | Listener,
    router: Router | ((peer: Peer) => Router),
    options: ServeOptions,
  ) {
    this.#source = source;
    this.#router = router;
    this.#options = options;
    this.#onNetworks = networkOptions(options);
    if (isListener(source)) {
      source.accept(
        (transport) => this.#arrive(transport, false),
        (error) => this.#report(error),
      );
      this.ready = source.ready;
      this.ready.catch(() => {});
    } else {
      if (isSession(source)) this.#adopt(source);
      else this.#arrive(source, true);
      this.ready = Promise.resolve();
    }
  }

  get address(): unknown {
    return isListener(this.#source) ? this.#source.address : undefined;
  }

  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  when(match: (peer: Peer) => boolean): Promise<Session> {
    for (const session of this.#sessions) {
      if (session.state === "ready" && match(session.peer)) return Promise.resolve(session);
    }
    return this.#waiting.wait(match);
  }

  close({ drain = 0 }: Pick<CloseOptions, "drain"> = {}): Promise<void> {
    this.#closing ??= this.#close(drain);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(drain: number): Promise<void> {
    this.#waiting.end(new RpcError("UNAVAILABLE", "serving has ended", { delivered: "no" }));
    const source = this.#source;
    if (isSession(source)) {
      this.#sessions.delete(source);
      return this.#giveBack?.();
    }
    const listening = isListener(source) ? source.close() : undefined;
    await Promise.all([listening, ...[...this.#sessions].map((session) => session.close({ drain }))]);
    if (!isListener(source)) source.close();
  }

  /** `again` serves the next peer on the same port when this one has gone. */
  #arrive(transport: Transport, again: boolean): void {
    const { context: _, ...session } = this.#options;
    const options = this.#optionsOf(transport.traits.network ? this.#onNetworks : session);
    const keepTransport = again && transport.traits.shared;
    const opened = this.#open(transport, again, Object.assign(options, { keepTransport }));
    if (opened) this.#welcome(opened, () => this.#left(opened, transport, again));
  }

  /** What is served to one peer: its router is found when it is known. */
  #optionsOf(session: SessionOptions, before?: SessionOptions["admit"]): PeerOptions {
    const options = new PeerOptions();
    const admit = async (arrived: Session) => {
      await before?.(arrived);
      options.router = await this.#routerFor(arrived.peer);
      return this.#options.context?.(arrived.peer);
    };
    return Object.assign(options, session, { stay: true, admit });
  }

  #welcome(session: Session, left: () => void): void {
    this.#sessions.add(session);
    session.onState((state) => {
      if (state === "ready") this.#waiting.arrived(session);
      if (state === "closed") left();
    });
    if (session.ended) left();
  }

  /** Serves on a session that is open, and stays its owner's. */
  #adopt(session: Session): void {
    const { context: _, ...given } = this.#options;
    this.#giveBack = adopt(session, ({ expose: _, admit, ...rest }) => this.#optionsOf({ ...rest, ...given }, admit));
    this.#welcome(session, () => {
      if (this.#sessions.delete(session)) this.#reportRefusal(session);
    });
  }

  #open(transport: Transport, again: boolean, options: SessionOptions): Session | undefined {
    try {
      return openSession(transport, options);
    } catch (error) {
      // Wrong options are the programmer's, at once where the transport is theirs too.
      if (again) throw error;
      transport.close({ code: "INTERNAL", message: "the server is misconfigured", by: "local" });
      this.#report(error);
      return undefined;
    }
  }

  #left(session: Session, transport: Transport, again: boolean): void {
    if (!this.#sessions.delete(session)) return;
    this.#reportRefusal(session);
    const mayReturn = again && transport.traits.shared && !transport.ended && !this.#closing;
    if (mayReturn) this.#arrive(transport, true);
  }

  /** A peer that was not let in is told so; here it is reported. */
  #reportRefusal({ ended, peer }: Session): void {
    if (ended?.by !== "local" || ended.code === "OK" || ended.cause === undefined) return;
    const { cause } = ended;
    // What the peer is told hides what `context` threw.
    this.#report(RpcError.is(cause) && cause.cause !== undefined ? cause.cause : cause, ended, peer);
  }

  async #routerFor(peer: Peer): Promise<Router> {
    if (typeof this.#router !== "function") return this.#router;
    const router = await (this.#router as (peer: Peer) => Router | Promise<Router>)(peer);
    checkRouter(router);
    return router;
  }

  #report(error: unknown, reason?: CloseReason, peer: Peer = { kind: "unknown", trusted: false }): void {
    const { onError } = this.#options;
    if (onError) onError(error, { path: [], peer });
    else console.error(`portolan: a peer was refused${reason ? ` (${reason.code})` : ""}:`, error);
  }
}

function isSession(source: Transport | Session | Listener): source is Session {
  return "remote" in source;
}

function isListener(source: Transport | Session | Listener): source is Listener {
  return "accept" in source;
}
