import type { CallOptions } from "../call-options.ts";
import type { CallMessage } from "../message.ts";
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
  readonly path: StubPath;
  readonly options: CallOptions | undefined;
  /** The stub that was called: not collected before the answer. */
  keep: object | undefined;
  /** Let go once answered, so that big arguments can be collected; so is what was packed, once it is on its way. */
  message: CallMessage | undefined = undefined;
  packed: Outgoing | undefined = undefined;
  size = 0;
  ticket: Ticket | undefined = undefined;
  answered = false;
  /** Stops watching the signal and the clock. */
  unwatch: (() => void) | undefined = undefined;
  /** What is built on it, or it on, or waits for it; most calls have nothing of the kind. */
  ties: CallTies | undefined = undefined;

  constructor(result: CallResult, path: StubPath, options: CallOptions | undefined, keep: object | undefined) {
    super();
    this.result = result;
    this.path = path;
    this.options = options;
    this.keep = keep;
  }

  override follow(send: () => void): void {
    if (this.ticket !== undefined) send();
    else if (!this.ended) this.tie().following.push(send);
  }

  tie(): CallTies {
    this.ties ??= { bases: [], following: [], behind: [], hold: false, sealed: false, dependents: 0 };
    return this.ties;
  }

  /** What its arguments lend is lent until it ends: the call is its own scope. */
  get scope(): CallScope {
    return this;
  }

  /** What was called, for messages. */
  get name(): string {
    const { segments } = this.path;
    return segments.length > 0 ? JSON.stringify(segments.join(".")) : "a function";
  }

  /** Lets go of what an answered call does not need any more. */
  lighten(): void {
    this.answered = true;
    this.message = undefined;
    this.packed = undefined;
    this.keep = undefined;
    this.unwatch?.();
  }
}

/** How a call hangs together with others. */
export interface CallTies {
  /** Calls whose results this one is built on. */
  bases: PendingCall[];
  /** What is to be said of the promises and signals that it brings, while it waits for a place. */
  readonly following: (() => void)[];
  /** Notifications that were made after it, while it waited for a place. */
  behind: (() => void)[];
  /** The callee keeps the result for calls that are built on it. */
  hold: boolean;
  /** The turn is over: no further calls can be built on it. */
  sealed: boolean;
  /** Calls built on it that have not been sent yet. */
  dependents: number;
}
