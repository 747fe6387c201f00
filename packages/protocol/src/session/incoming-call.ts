import { after } from "../after.ts";
import { RpcError } from "../error.ts";
import type { Remote } from "../remote.ts";
import type { Peer } from "../transport.ts";
import { CallScope } from "./scope.ts";

/**
 * A call made to us, as its handler sees it: `this` in plain functions that a
 * router holds, and what {@link currentCall} returns until the first `await`.
 * `Context` is what `context(peer)` makes, `PeerApi` what the caller exposes to us.
 */
export interface Call<Context = unknown, PeerApi = unknown> {
  /** The path that was called, such as `["files", "hash"]`; empty for a function by reference. */
  readonly path: readonly string[];
  /** Who calls. */
  readonly peer: Peer;
  /** What the caller sent along. Foreign data. */
  readonly metadata: unknown;
  /** Aborted when the caller gives up, its deadline passes or the session ends. */
  readonly signal: AbortSignal;
  /** Milliseconds until the caller gives up, to be passed on to calls made on its behalf; undefined for no deadline. */
  readonly remaining: number | undefined;
  /** True when nobody waits for a result. */
  readonly notification: boolean;
  /** Calls with the same key run once, where a record is kept. */
  readonly key: string | undefined;
  /** The id of the last item that the caller has seen, when it resumes a stream: go on behind it. */
  readonly after: string | undefined;
  /** What the caller's side exposes to us. */
  readonly remote: unknown extends PeerApi ? unknown : Remote<PeerApi>;
  /** What `context(peer)` of `serve` made for this peer. */
  readonly context: Context;
}

/** What a call knows of its session. */
export interface CallSession {
  readonly peer: Peer;
  readonly remote: unknown;
  readonly context: unknown;
}

/** What a call may have arrived with besides its arguments. */
export interface CallArrival {
  readonly timeout?: number | undefined;
  readonly metadata?: unknown;
  readonly key?: string | undefined;
  readonly after?: string | undefined;
}

/** Settles the result that later calls are built on. */
export interface HeldResult {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The callee's record of one call. Costs no AbortController and no timer until somebody asks for its signal. */
export class IncomingCall extends CallScope implements Call {
  /** 0 for a notification. */
  readonly id: number;
  readonly path: readonly string[];
  readonly #session: CallSession;
  readonly #arrival: CallArrival | undefined;
  readonly #deadline: number;
  #abortion: Abortion | undefined;
  /** True once it has been answered, whatever its handler still does. */
  answered = false;
  /** Its handler goes on after its turn. */
  running = false;
  /** What must settle before its arguments are whole. */
  waits: readonly Promise<unknown>[] | undefined;
  /** Set while calls are built on its result. */
  held: HeldResult | undefined;

  constructor(session: CallSession, id: number, path: readonly string[], arrival?: CallArrival) {
    super();
    this.id = id;
    this.path = path;
    this.#session = session;
    this.#arrival = arrival;
    this.#deadline = arrival?.timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + arrival.timeout;
  }

  get peer(): Peer {
    return this.#session.peer;
  }

  get metadata(): unknown {
    return this.#arrival?.metadata;
  }

  get key(): string | undefined {
    return this.#arrival?.key;
  }

  get after(): string | undefined {
    return this.#arrival?.after;
  }

  get notification(): boolean {
    return this.id === 0;
  }

  get remote(): unknown {
    return this.#session.remote;
  }

  get context(): unknown {
    return this.#session.context;
  }

  get remaining(): number | undefined {
    return this.#arrival?.timeout === undefined ? undefined : Math.max(0, this.#deadline - performance.now());
  }

  get signal(): AbortSignal {
    const abortion = this.#abort();
    if (!abortion.controller) {
      abortion.controller = new AbortController();
      if (abortion.reason) abortion.controller.abort(abortion.reason);
      else this.#watchDeadline(abortion);
    }
    return abortion.controller.signal;
  }

  /** Tells the handler that its result is not wanted any more. */
  abort(reason: RpcError): void {
    const abortion = this.#abort();
    abortion.reason ??= reason;
    clearTimeout(abortion.timer);
    abortion.controller?.abort(abortion.reason);
  }

  /** The call has been answered: no clock runs on. The signal lives as long as streams of the call do. */
  settle(): void {
    this.answered = true;
    if (this.#abortion) clearTimeout(this.#abortion.timer);
    this.leave();
  }

  #abort(): Abortion {
    this.#abortion ??= {};
    return this.#abortion;
  }

  #watchDeadline(abortion: Abortion): void {
    const { remaining } = this;
    if (remaining === undefined || this.answered) return;
    const late = new RpcError("DEADLINE_EXCEEDED", "the caller's deadline has passed");
    abortion.timer = after(remaining, () => this.abort(late));
  }
}

/** What a call has of signals and clocks, once somebody asks. */
interface Abortion {
  controller?: AbortController;
  reason?: RpcError;
  timer?: ReturnType<typeof setTimeout>;
}

let current: Call | undefined;

/**
 * The call whose handler is running, until its first `await`: for functions that
 * have no `this` of ours. Undefined outside a handler.
 */
export function currentCall(): Call | undefined {
  return current;
}

/** A handler begins to run for `call`. Returns what {@link leaveCall} goes back to. */
export function enterCall(call: Call): Call | undefined {
  const outer = current;
  current = call;
  return outer;
}

/** The handler has returned, or reached its first `await`. */
export function leaveCall(outer: Call | undefined): void {
  current = outer;
}
