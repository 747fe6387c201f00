import type { CallOptions } from "../call-options.ts";
import type { CallExtra, CallMessage, WirePath } from "../message.ts";
import type { CallResult } from "./call-result.ts";
import type { Outgoing, Ticket } from "./outgoing.ts";
import { CallScope } from "./scope.ts";
import type { StubPath } from "./stub-base.ts";

/** A call of ours: waiting for a place, in flight, given up and awaiting its answer, or answered with streams going on. */
export class PendingCall extends CallScope {
  /** 0 until it is ready to leave. */
  id = 0;
  /** Let go once answered, so that a stream in it can be collected. */
  result: CallResult | undefined;
  readonly target: number;
  readonly path: StubPath;
  readonly options: CallOptions | undefined;
  /** Calls whose results this one is built on. */
  bases: PendingCall[] | undefined = undefined;
  wirePath: WirePath = 0;
  extra: CallExtra | null = null;
  /** What it carries; let go once answered, so that big arguments can be collected. */
  packed: Outgoing | undefined = undefined;
  /** The stub that was called: not collected before the answer. */
  keep: object | undefined;
  /** Notifications that were made after it, while it waited for a place. */
  behind: (() => void)[] | undefined = undefined;
  /** What is to be said of the promises and signals that it brings, while it waits for a place. */
  following: (() => void)[] | undefined = undefined;
  message: CallMessage | undefined = undefined;
  ticket: Ticket | undefined = undefined;
  /** The callee keeps the result for calls that are built on it. */
  hold = false;
  /** The turn is over: no further calls can be built on it. */
  sealed = false;
  /** Calls built on it that have not been sent yet. */
  dependents = 0;
  /** Stops watching the signal and the clock. */
  unwatch: (() => void) | undefined = undefined;
  answered = false;

  constructor(
    result: CallResult,
    target: number,
    path: StubPath,
    options: CallOptions | undefined,
    keep: object | undefined,
  ) {
    super();
    this.result = result;
    this.target = target;
    this.path = path;
    this.options = options;
    this.keep = keep;
  }

  override follow(send: () => void): void {
    if (this.ticket !== undefined) send();
    else if (!this.ended) this.following = [...(this.following ?? []), send];
  }

  /** What its arguments lend is lent until it ends: the call is its own scope. */
  get scope(): CallScope {
    return this;
  }
}

/** What was called, for messages. */
export function nameOf({ path }: PendingCall): string {
  return path.segments.length > 0 ? JSON.stringify(path.segments.join(".")) : "a function";
}

/** Lets go of what an answered call does not need any more. */
export function lighten(pending: PendingCall): void {
  pending.answered = true;
  pending.packed = undefined;
  pending.extra = null;
  pending.message = undefined;
  pending.keep = undefined;
  pending.unwatch?.();
}
