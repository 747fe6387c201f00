import type { CallOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import type { Delivered, ErrorCode } from "../error-code.ts";
import { errorFromValue } from "../error-wire.ts";
import { release } from "../lifetime.ts";
import { type CallMessage, Kind } from "../message.ts";
import { CallQueue } from "./call-queue.ts";
import { CallResult, type ResultOwner } from "./call-result.ts";
import { CallWriter } from "./call-writer.ts";
import { IdTable } from "./id-table.ts";
import type { Link } from "./link.ts";
import { PendingCall } from "./pending-call.ts";
import { Pipelining } from "./pipelining.ts";
import type { StubBase, StubPath } from "./stub-base.ts";
import { watchCall } from "./watch-call.ts";

/**
 * The calls we made: id to settle. Each settles exactly once, by answer, abort,
 * deadline or the end of the session; one function takes an id out of flight.
 */
export class Calls implements ResultOwner {
  readonly #link: Link;
  readonly #writer: CallWriter;
  readonly #pending = new IdTable<PendingCall>();
  readonly #queue: CallQueue;
  #pipelines: Pipelining | undefined;
  /** Calls in flight that we want at most, whatever the peer grants. */
  readonly #cap: number;
  #granted: number;
  #inFlight = 0;

  /** @param granted calls in flight until the peer has said how many it grants. */
  constructor(link: Link, granted: number) {
    const { concurrency = Number.POSITIVE_INFINITY } = link.options;
    this.#link = link;
    this.#writer = new CallWriter(link);
    if (!(concurrency >= 1)) throw new TypeError(`expected concurrency to be at least 1, got ${concurrency}`);
    this.#cap = concurrency;
    this.#granted = Math.min(granted, concurrency);
    this.#queue = new CallQueue(link.limits.queuedCalls);
  }

  get #pipelining(): Pipelining {
    this.#pipelines ??= new Pipelining(this.#link);
    return this.#pipelines;
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
    const result = new CallResult(this, path.segments);
    const refusal = this.#refusal(target, options?.signal);
    if (refusal) {
      result.reject(() => refusal);
      return result;
    }
    const pending = new PendingCall(result, path, options, keep);
    const pipelining = this.#pipelining;
    const outer = pipelining.packing;
    pipelining.packing = pending;
    try {
      if (target < 0) pipelining.addBase(this.#pendingOf(-target));
      this.#writer.write(pending, target, args);
      this.#admit(pending);
    } catch (thrown) {
      pipelining.releaseBases(pending);
      pending.end();
      result.reject(() => RpcError.from(thrown, "INVALID_ARGUMENT", "no"));
    } finally {
      pipelining.packing = outer;
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
      if (!takeResult(pending)?.resolve(value)) release(value);
    } catch (cause) {
      const why = RpcError.is(cause) ? cause.message : String(cause);
      const message = `the answer to ${pending.name} cannot be read: ${why}`;
      reject(pending, () => new RpcError("DATA_LOSS", message, { cause, delivered: "yes" }));
    }
    // What was lent may come home in the answer, so it is taken back only now.
    if (!open) this.#take(pending);
  }

  /** The peer resolved call `id` with a value that needs no unpacking. */
  resolveWith(id: number, value: unknown, open: boolean): void {
    const pending = this.#answer(id, open);
    if (pending) takeResult(pending)?.resolve(value);
  }

  /** The peer rejected call `id`. */
  reject(id: number, unpack: () => unknown): void {
    const pending = this.#answer(id, true);
    if (!pending) return;
    try {
      const value = unpack();
      reject(pending, () => errorFromValue(value));
    } catch (cause) {
      reject(pending, () => new RpcError("DATA_LOSS", "the error cannot be read", { cause, delivered: "yes" }));
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
    if (pending) reject(pending, () => error);
  }

  /** The session has ended: every call settles now. */
  end({ code, message, cause, delivered: known }: RpcError): void {
    const all = [...this.#pending.values(), ...this.#queue.clear()];
    this.#pending.clear();
    this.#inFlight = 0;
    for (const pending of all) {
      const delivered: Delivered = this.#pipelining.hasLeft(pending) ? known : "no";
      const options = cause === undefined ? { delivered } : { delivered, cause };
      reject(pending, () => new RpcError(code, message, options));
      pending.end();
      pending.lighten();
    }
  }

  /** Calls made on a result in the turn of its own call travel with it. */
  pipeline(base: CallResult): StubBase | undefined {
    const pending = this.#pendingOf(base.id);
    if (pending?.result !== base || !this.#pipelining.hold(pending)) return undefined;
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
    return pending?.result === base && (pending.ties?.hold ? !pending.ties.sealed : !this.#pipelining.hasLeft(pending));
  }

  /** Makes a result an argument of the call that is being packed. Returns the id to name it by. */
  useAsArgument(base: CallResult): number {
    const pending = this.#pendingOf(base.id);
    if (pending && this.#pipelining.hold(pending)) this.#pipelining.addBase(pending);
    return base.id;
  }

  unread(error: RpcError, path: readonly string[]): void {
    this.#link.unread(error, path);
  }

  #refusal(target: number, signal: AbortSignal | undefined): RpcError | undefined {
    if (signal?.aborted) return abortError(signal, "no");
    return this.#queue.refusal ?? this.#link.refusal(target);
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
    const { message, packed, ties } = pending;
    this.#pending.add(pending);
    if (++this.#inFlight === 1) this.#link.owe(1);
    pending.ticket = this.#link.send(message as CallMessage, packed, pending.size);
    pending.packed = undefined;
    if (!ties) return;
    for (const send of ties.following.splice(0)) send();
    this.#pipelining.releaseBases(pending);
    if (ties.hold) this.#pipelining.releaseHeld(pending);
  }

  #pendingOf(id: number): PendingCall | undefined {
    return this.#pending.get(id) ?? this.#queue.find(id);
  }

  /** Rejects at once; what was lent stays lent until the callee has answered. */
  #giveUp(pending: PendingCall, code: ErrorCode, error: (delivered: Delivered) => RpcError): void {
    pending.unwatch?.();
    if (this.#queue.remove(pending) || (pending.ticket !== undefined && this.#link.takeBack(pending.ticket)))
      return this.#withdraw(pending, code, error);
    if (pending.result?.reject(() => error("unknown"))) this.#link.sendUrgent([Kind.cancel, pending.id, code]);
  }

  /** Ends a call that has not left, and those built on its result. */
  #withdraw(pending: PendingCall, code: ErrorCode, error: (delivered: Delivered) => RpcError): void {
    reject(pending, () => error("no"));
    if (pending.ticket !== undefined) this.#answer(pending.id, false);
    else this.#pipelining.releaseBases(pending);
    pending.end();
    if (!pending.ties?.hold) return;
    const built = [...this.#pending.values(), ...this.#queue.all()].filter(({ ties }) => ties?.bases.includes(pending));
    for (const dependent of built) this.#giveUp(dependent, code, error);
  }

  /** Marks a call as answered; the only way out of flight. */
  #answer(id: number, open: boolean): PendingCall | undefined {
    const pending = this.#pending.get(id);
    if (!pending || pending.answered) return undefined;
    pending.lighten();
    if (!open) this.#take(pending);
    this.#inFlight--;
    if (this.#queue.length > 0) this.#sendQueued();
    if (this.#inFlight === 0) this.#link.owe(-1);
    return pending;
  }

  #take(pending: PendingCall): void {
    this.#pending.delete(pending.id);
    pending.end();
  }
}

/** The result of a call, which nobody settles any more. */
function takeResult(pending: PendingCall): CallResult | undefined {
  const { result } = pending;
  pending.result = undefined;
  return result;
}

function reject(pending: PendingCall, error: () => RpcError): void {
  pending.unwatch?.();
  takeResult(pending)?.reject(error);
}

function abortError(signal: AbortSignal | undefined, delivered: Delivered): RpcError {
  return new RpcError("CANCELLED", "the call was aborted", { cause: signal?.reason, delivered });
}

function deadlineError({ name }: PendingCall, timeout: number, delivered: Delivered): RpcError {
  return new RpcError("DEADLINE_EXCEEDED", `${name} did not answer within ${timeout} ms`, { delivered });
}
