import {
  type CallOptions,
  type CloseOptions,
  deferCall,
  failedCall,
  interceptCall,
  interceptNotification,
  laterFailure,
  mergeOptions,
  nodeOf,
  type OpenSource,
  type OutgoingInterceptor,
  pendingFailure,
  type ResultBase,
  type ResultOwner,
  RpcError,
  type Session,
  type SessionOptions,
  type SessionStats,
  type SourceStatus,
  type StubBase,
  type StubPath,
} from "@portolan/protocol";
import { markFinal } from "./final-error.ts";

/** By this symbol `status`, `onStatus` and friends find a client behind its stub; no name of a router is taken for it. */
export const clientMark: unique symbol = Symbol.for("portolan.client") as never;

/** What a client's stub stands on: calls go to whichever session its source has now. */
export class ClientBase implements StubBase {
  readonly members: ReadonlyMap<PropertyKey, unknown>;
  readonly #source: OpenSource;
  readonly #interceptors: readonly OutgoingInterceptor[];
  readonly #report: (error: unknown, path: readonly string[]) => void;
  readonly #direct: StubBase;
  readonly #defaults: CallOptions | undefined;
  /** The session that the last call went to, and what it went to there. */
  #session: Session | undefined;
  #root: StubBase | undefined;
  /** What intercepted calls know of their client. */
  #intercepted: ResultOwner | undefined;

  constructor(
    source: OpenSource,
    interceptors: readonly OutgoingInterceptor[],
    onError: SessionOptions["onError"],
    defaults?: CallOptions,
  ) {
    this.#source = source;
    this.#defaults = defaults;
    this.#interceptors = interceptors;
    this.#report = reporter(onError);
    this.#direct = { call: (...call) => this.#ended(...call), notify: (...call) => this.#notify(...call) };
    const close = (options?: CloseOptions) => this.close(options);
    this.members = new Map<PropertyKey, unknown>([
      ["close", close],
      [Symbol.asyncDispose, () => this.close()],
      [clientMark, this],
    ]);
  }

  get status(): SourceStatus {
    return this.#source.status;
  }

  onStatus(listener: (status: SourceStatus) => void): () => void {
    return this.#source.onStatus(listener);
  }

  onClosed(listener: () => void): void {
    if (this.status.state === "closed") return listener();
    const stop = this.onStatus(({ state }) => {
      if (state !== "closed") return;
      stop();
      listener();
    });
  }

  stats(): SessionStats | undefined {
    return this.status.state === "closed" ? undefined : this.#source.peek?.()?.stats();
  }

  close(options?: CloseOptions): Promise<void> {
    return this.#source.close(options);
  }

  call(path: StubPath, args: readonly unknown[], given: CallOptions | undefined): ResultBase {
    const options = this.#defaults ? mergeOptions(this.#defaults, given ?? {}) : given;
    if (this.#interceptors.length === 0) return this.#call(path, args, options);
    return interceptCall(this.#interceptors, this.#owner(), this.#direct, path, args, options);
  }

  /** Made for the first call: most clients have no interceptors. */
  #owner(): ResultOwner {
    if (this.#intercepted) return this.#intercepted;
    const ending = new AbortController();
    this.onClosed(() => {
      const { status } = this;
      if (status.state === "closed") ending.abort(pendingFailure(status.reason));
    });
    this.#intercepted = { unread: this.#unread, ended: ending.signal };
    return this.#intercepted;
  }

  notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    if (this.#interceptors.length === 0) return this.#notify(path, args, options);
    const report = (error: unknown) => this.#report(error, path.segments);
    interceptNotification(this.#interceptors, this.#direct, path, args, options, report);
  }

  /** A call as interceptors make it: those that try again are told when that cannot help. */
  #ended(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase {
    const { status } = this;
    if (status.state !== "closed") return this.#call(path, args, options);
    const error = laterFailure(status.reason);
    return failedCall(path, markFinal(error), (unread) => this.#unread(unread, path.segments));
  }

  #call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase {
    try {
      const session = this.#source.session();
      if (session === this.#session) return (this.#root as StubBase).call(path, args, options);
      if (isPromise(session)) {
        const abandon = () => this.#source.abandon?.(session);
        return deferCall(session.then(rootOf), path, args, options, this.#unread, abandon);
      }
      const root = rootOf(session);
      if (!session.ended) this.#keep(session, root);
      return root.call(path, args, options);
    } catch (thrown) {
      return failedCall(path, RpcError.from(thrown, "UNAVAILABLE", "no"), (error) =>
        this.#unread(error, path.segments),
      );
    }
  }

  /** For as long as it lasts: a client that makes no more calls holds nothing of a session that has ended. */
  #keep(session: Session, root: StubBase): void {
    this.#session = session;
    this.#root = root;
    session.onState((state) => {
      if (state === "closed" && this.#session === session) this.#session = this.#root = undefined;
    });
  }

  #notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    const session = this.#source.session();
    if (!isPromise(session)) return rootOf(session).notify(path, args, options);
    session.then(
      (ready) => rootOf(ready).notify(path, args, options),
      (error: unknown) => this.#report(error, path.segments),
    );
  }

  readonly #unread = (error: RpcError, path: readonly string[]): void => {
    if (error.code !== "CANCELLED" && error.code !== "UNAVAILABLE") this.#report(error, path);
  };
}

function rootOf(session: Session): StubBase {
  const base = nodeOf(session.remote)?.base;
  if (!base) throw new TypeError("expected a session with a remote");
  return base;
}

function isPromise<T extends object>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>>).then === "function";
}

function reporter(onError: SessionOptions["onError"]): (error: unknown, path: readonly string[]) => void {
  return (error, path) => {
    if (onError) onError(error, { path, peer: { kind: "unknown", trusted: false } });
    else console.error(`portolan: ${path.join(".") || "a call"} failed and nobody took the error:`, error);
  };
}
