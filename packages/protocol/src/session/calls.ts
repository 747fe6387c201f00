import type { CallOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import type { Delivered, ErrorCode } from "../error-code.ts";
import { errorFromValue } from "../error-wire.ts";
import { release } from "../lifetime.ts";
import { type CallExtra, type CallMessage, Kind, type Message, type WirePath } from "../message.ts";
import { CallQueue } from "./call-queue.ts";
import { CallResult, type Outcome, type ResultOwner } from "./call-result.ts";
import type { Outgoing, Ticket } from "./outgoing.ts";
import { lighten, nameOf, PendingCall } from "./pending-call.ts";
import type { StubBase, StubPath } from "./stub-base.ts";
import { watchCall } from "./watch-call.ts";

/** What calls need of their session. */
export interface CallsOwner {
  /** Why no call can be made now, if so. */
  refusal(target: number): RpcError | undefined;
  packCall(args: readonly unknown[], call: PendingCall): Outgoing;
  packExtra(options: CallOptions | undefined): CallExtra | null;
  internPath(path: StubPath): WirePath;
  send(message: Message, packed?: Outgoing): Ticket;
  /** Takes a message back. Says whether it was still here. */
  takeBack(ticket: Ticket): boolean;
  hasLeft(ticket: Ticket): boolean;
  /** Sends a message that may pass others. */
  sendUrgent(message: Message): void;
  unread(error: RpcError, path: readonly string[]): void;
  /** Some call is in flight, or none any more. */
  busy(busy: boolean): void;
}

/**
 * The calls we made: id to settle. Each settles exactly once, by answer, abort,
 * deadline or the end of the session; one function takes an id out of flight.
 */
export class Calls implements ResultOwner {
  readonly #owner: CallsOwner;
  readonly #pending = new Map<number, PendingCall>();
  readonly #queue: CallQueue;
  /** The call that is being packed. */
  #packing: PendingCall | undefined;
  readonly #cap: number;
  #granted: number;
  #inFlight = 0;
  #lastId = 0;

  /** @param cap calls in flight that we want at most, whatever the peer grants. */
  constructor(owner: CallsOwner, granted: number, maxQueue: number, cap: number = Number.POSITIVE_INFINITY) {
    this.#owner = owner;
    if (!(cap >= 1)) throw new TypeError(`expected concurrency to be at least 1, got ${cap}`);
    this.#cap = cap;
    this.#granted = Math.min(granted, cap);
    this.#queue = new CallQueue(maxQueue);
  }

  /** Calls sent and not answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Calls that wait for a free place over there. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Calls whose scope goes on: unanswered, or with streams. */
  get size(): number {
    return this.#pending.size;
  }

  /** The peer has said how many calls it grants. */
  grant(calls: number): void {
    this.#granted = Math.min(calls, this.#cap);
    this.#sendQueued();
  }

  /** Starts a call. Never throws: what goes wrong rejects the result. */
  start(
    target: number,
    path: StubPath,
    args: readonly unknown[],
    options: CallOptions | undefined,
    keep?: object,
  ): CallResult {
    const result = new CallResult(this, 0, path.segments);
    const refusal = this.#refusal(target, options?.signal);
    if (refusal) return fail(result, refusal);
    const pending = new PendingCall(result, target, path, options, keep);
    const outer = this.#packing;
    this.#packing = pending;
    try {
      if (target < 0) this.#addBase(this.#pendingOf(-target));
      pending.extra = this.#owner.packExtra(options);
      pending.packed = this.#owner.packCall(args, pending);
      pending.wirePath = this.#owner.internPath(path);
      // Only now, since reading the arguments may have made calls that leave first, and ids must rise.
      pending.id = result.id = ++this.#lastId;
      this.#admit(pending);
    } catch (thrown) {
      this.#releaseBases(pending);
      pending.end();
      fail(result, RpcError.from(thrown, "INVALID_ARGUMENT", "no"));
    } finally {
      this.#packing = outer;
    }
    return result;
  }

  /** Sends a notification in its turn. Throws RESOURCE_EXHAUSTED when too many wait behind calls. */
  sendBehind(send: () => void): void {
    this.#queue.sendBehind(send);
  }

  /** The peer resolved call `id`. */
  resolve(id: number, unpack: (options: CallOptions | undefined) => unknown, open: boolean): void {
    const pending = this.#answer(id, true);
    if (!pending) return;
    try {
      const value = unpack(pending.options);
      // Nobody waits for the answer of a call that was given up, so what it brings goes back at once.
      if (!this.#settle(pending, { ok: true, value })) release(value);
    } catch (cause) {
      const why = RpcError.is(cause) ? cause.message : String(cause);
      const message = `the answer to ${nameOf(pending)} cannot be read: ${why}`;
      this.#reject(pending, () => new RpcError("DATA_LOSS", message, { cause, delivered: "yes" }));
    }
    // What was lent may come home in the answer, so it is taken back only now.
    if (!open) this.#take(pending);
  }

  /** The peer resolved call `id` with a value that needs no unpacking. */
  resolveWith(id: number, value: unknown, open: boolean): void {
    const pending = this.#answer(id, open);
    if (pending) this.#settle(pending, { ok: true, value });
  }

  /** The peer rejected call `id`. */
  reject(id: number, unpack: () => unknown): void {
    const pending = this.#answer(id, true);
    if (!pending) return;
    try {
      const value = unpack();
      this.#reject(pending, () => errorFromValue(value));
    } catch (cause) {
      this.#reject(pending, () => new RpcError("DATA_LOSS", "the error cannot be read", { cause, delivered: "yes" }));
    }
    this.#take(pending);
  }

  /** The streams of an answered call have ended. */
  done(id: number): void {
    const pending = this.#pending.get(id);
    if (pending?.answered) this.#take(pending);
  }

  /** The platform refused to carry call `id`. */
  refused(id: number, error: RpcError): void {
    const pending = this.#answer(id, false);
    if (pending) this.#reject(pending, () => error);
  }

  /** The session has ended: every call settles now. */
  end(code: ErrorCode, message: string, cause: unknown): void {
    const all = [...this.#pending.values(), ...this.#queue.clear()];
    this.#pending.clear();
    this.#inFlight = 0;
    for (const pending of all) {
      const delivered: Delivered = this.#hasLeft(pending) ? "unknown" : "no";
      const options = cause === undefined ? { delivered } : { delivered, cause };
      this.#reject(pending, () => new RpcError(code, message, options));
      pending.end();
      lighten(pending);
    }
  }

  /** Calls made on a result in the turn of its own call travel with it. */
  pipeline(base: CallResult): StubBase | undefined {
    const pending = this.#pendingOf(base.id);
    if (pending?.result !== base || !this.#hold(pending)) return undefined;
    return {
      call: (path, args, options) => this.start(-base.id, path, args, options),
      notify: () => {
        const message = "a notification cannot be built on a result: await the result first";
        throw new RpcError("UNIMPLEMENTED", message, { delivered: "no" });
      },
    };
  }

  /** Says whether the result of a call can be an argument of the call that is being packed. */
  canBeArgument(base: CallResult): boolean {
    const pending = this.#pendingOf(base.id);
    return pending?.result === base && (pending.hold ? !pending.sealed : !this.#hasLeft(pending));
  }

  /** Makes a result an argument of the call that is being packed. Returns the id to name it by. */
  useAsArgument(base: CallResult): number {
    const pending = this.#pendingOf(base.id);
    if (pending && this.#hold(pending)) this.#addBase(pending);
    return base.id;
  }

  unread(error: RpcError, path: readonly string[]): void {
    this.#owner.unread(error, path);
  }

  #refusal(target: number, signal: AbortSignal | undefined): RpcError | undefined {
    if (signal?.aborted) return abortError(signal, "no");
    return this.#queue.refusal ?? this.#owner.refusal(target);
  }

  #admit(pending: PendingCall): void {
    if (pending.options) this.#watch(pending, pending.options);
    if (this.#queue.length > 0 || this.#inFlight >= this.#granted) this.#queue.push(pending);
    else this.#send(pending);
  }

  #watch(pending: PendingCall, { signal, timeout }: CallOptions): void {
    pending.unwatch = watchCall(signal, timeout, {
      abort: () => this.#giveUp(pending, "CANCELLED", (delivered) => abortError(signal, delivered)),
      expire: () =>
        this.#giveUp(pending, "DEADLINE_EXCEEDED", (delivered) => deadlineError(pending, timeout ?? 0, delivered)),
    });
  }

  #sendQueued(): void {
    while (this.#queue.length > 0 && this.#inFlight < this.#granted) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#send(next);
      this.#queue.sendThoseBehind(next);
    }
  }

  #send(pending: PendingCall): void {
    const { id, target, wirePath, packed, hold } = pending;
    if (!packed) return;
    const extra: CallExtra | null = hold ? { ...pending.extra, hold: 1 } : pending.extra;
    const args = oneOrAll(packed.data as readonly unknown[]);
    const message: CallMessage =
      extra !== null
        ? [Kind.call, id, target, wirePath, args, packed.table, extra]
        : packed.table !== null
          ? [Kind.call, id, target, wirePath, args, packed.table]
          : [Kind.call, id, target, wirePath, args];
    pending.message = message;
    this.#pending.set(id, pending);
    if (++this.#inFlight === 1) this.#owner.busy(true);
    pending.ticket = this.#owner.send(message, packed);
    if (pending.following) sendAll(pending.following);
    if (pending.bases) this.#releaseBases(pending);
    if (hold) this.#releaseHeld(pending);
  }

  #pendingOf(id: number): PendingCall | undefined {
    return this.#pending.get(id) ?? this.#queue.find(id);
  }

  #addBase(base: PendingCall | undefined): void {
    const dependent = this.#packing;
    if (!base || !dependent || dependent.bases?.includes(base)) return;
    dependent.bases = [...(dependent.bases ?? []), base];
    base.dependents++;
  }

  /** Asks the callee to keep the result, by changing the call while it is still here. Says whether that was possible. */
  #hold(pending: PendingCall): boolean {
    if (pending.hold) return !pending.sealed;
    if (this.#hasLeft(pending)) return false;
    pending.hold = true;
    if (pending.message) {
      const message = pending.message as unknown as unknown[];
      message[5] ??= null;
      message[6] = { ...(message[6] as CallExtra | null | undefined), hold: 1 };
    }
    queueMicrotask(() => {
      pending.sealed = true;
      this.#releaseHeld(pending);
    });
    return true;
  }

  #hasLeft({ ticket }: PendingCall): boolean {
    return ticket !== undefined && this.#owner.hasLeft(ticket);
  }

  #releaseBases(pending: PendingCall): void {
    for (const base of pending.bases ?? []) {
      base.dependents--;
      this.#releaseHeld(base);
    }
  }

  /** Once everything built on a result is on its way, the callee need not keep it. */
  #releaseHeld(base: PendingCall): void {
    if (base.sealed && base.dependents === 0 && base.ticket !== undefined)
      this.#owner.send([Kind.release, -base.id, 1]);
  }

  /** Rejects at once; what was lent stays lent until the callee has answered. */
  #giveUp(pending: PendingCall, code: ErrorCode, error: (delivered: Delivered) => RpcError): void {
    pending.unwatch?.();
    if (this.#queue.remove(pending) || (pending.ticket !== undefined && this.#owner.takeBack(pending.ticket)))
      return this.#withdraw(pending, code, error);
    if (pending.result?.settle({ ok: false, error: () => error("unknown") })) {
      this.#owner.sendUrgent([Kind.cancel, pending.id, code]);
    }
  }

  /** Ends a call that has not left, and those built on its result. */
  #withdraw(pending: PendingCall, code: ErrorCode, error: (delivered: Delivered) => RpcError): void {
    this.#reject(pending, () => error("no"));
    if (pending.ticket !== undefined) this.#answer(pending.id, false);
    else this.#releaseBases(pending);
    pending.end();
    if (!pending.hold) return;
    const built = [...this.#pending.values(), ...this.#queue].filter(({ bases }) => bases?.includes(pending));
    for (const dependent of built) this.#giveUp(dependent, code, error);
  }

  #reject(pending: PendingCall, error: () => RpcError): void {
    pending.unwatch?.();
    this.#settle(pending, { ok: false, error });
  }

  #settle(pending: PendingCall, outcome: Outcome): boolean {
    const first = pending.result?.settle(outcome) ?? false;
    pending.result = undefined;
    return first;
  }

  /** Marks a call as answered; the only way out of flight. */
  #answer(id: number, open: boolean): PendingCall | undefined {
    const pending = this.#pending.get(id);
    if (!pending || pending.answered) return undefined;
    lighten(pending);
    if (!open) this.#take(pending);
    this.#inFlight--;
    if (this.#queue.length > 0) this.#sendQueued();
    if (this.#inFlight === 0) this.#owner.busy(false);
    return pending;
  }

  #take(pending: PendingCall): void {
    this.#pending.delete(pending.id);
    pending.end();
  }
}

function sendAll(waiting: (() => void)[]): void {
  for (const send of waiting.splice(0)) send();
}

/** A single argument travels without a list around it, unless it is a list itself. */
function oneOrAll(args: readonly unknown[]): unknown {
  return args.length === 1 && !Array.isArray(args[0]) ? args[0] : args;
}

function fail(result: CallResult, error: RpcError): CallResult {
  result.settle({ ok: false, error: () => error });
  return result;
}

function abortError(signal: AbortSignal | undefined, delivered: Delivered): RpcError {
  return new RpcError("CANCELLED", "the call was aborted", { cause: signal?.reason, delivered });
}

function deadlineError(pending: PendingCall, timeout: number, delivered: Delivered): RpcError {
  return new RpcError("DEADLINE_EXCEEDED", `${nameOf(pending)} did not answer within ${timeout} ms`, { delivered });
}
