import type { CallOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import type { Delivered, ErrorCode } from "../error-code.ts";
import { errorFromValue } from "../error-wire.ts";
import { release } from "../lifetime.ts";
import { Kind } from "../message.ts";
import { CallResult, type ResultOwner } from "./call-result.ts";
import { CallWriter } from "./call-writer.ts";
import { Flight } from "./flight.ts";
import type { Link } from "./link.ts";
import { PendingCall } from "./pending-call.ts";
import { Pipelining } from "./pipelining.ts";
import type { StubBase, StubPath } from "./stub-base.ts";
import { watchCall } from "./watch-call.ts";

/**
 * The calls we made: id to settle. Each settles exactly once, by answer, abort,
 * deadline or the end of the session.
 */
export class Calls implements ResultOwner {
  /** Those sent, and those that wait to be. */
  readonly flight: Flight;
  readonly #link: Link;
  readonly #writer: CallWriter;
  #pipelines: Pipelining | undefined;

  /** @param granted calls in flight until the peer has said how many it grants. */
  constructor(link: Link, granted: number) {
    this.#link = link;
    this.#writer = new CallWriter(link);
    this.flight = new Flight(link, granted, (pending) => this.#left(pending));
  }

  get #pipelining(): Pipelining {
    this.#pipelines ??= new Pipelining(this.#link);
    return this.#pipelines;
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
      if (target < 0) pipelining.addBase(this.flight.find(-target));
      this.#writer.write(pending, target, args);
      if (options) this.#watch(pending, options);
      this.flight.admit(pending);
    } catch (thrown) {
      pipelining.releaseBases(pending);
      pending.end();
      result.reject(() => RpcError.from(thrown, "INVALID_ARGUMENT", "no"));
    } finally {
      pipelining.packing = outer;
    }
    return result;
  }

  /** The peer resolved call `id`. */
  resolve(id: number, unpack: (options: CallOptions | undefined) => unknown, open: boolean): void {
    const pending = this.flight.answer(id, true);
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
    if (!open) this.flight.end(pending);
  }

  /** The peer resolved call `id` with a value that needs no unpacking. */
  resolveWith(id: number, value: unknown, open: boolean): void {
    const pending = this.flight.answer(id, open);
    if (pending) takeResult(pending)?.resolve(value);
  }

  /** The peer rejected call `id`. */
  reject(id: number, unpack: () => unknown): void {
    const pending = this.flight.answer(id, true);
    if (!pending) return;
    try {
      const value = unpack();
      reject(pending, () => errorFromValue(value));
    } catch (cause) {
      reject(pending, () => new RpcError("DATA_LOSS", "the error cannot be read", { cause, delivered: "yes" }));
    }
    this.flight.end(pending);
  }

  /** The streams of an answered call have ended. */
  done(id: number): void {
    const pending = this.flight.sent(id);
    if (pending?.answered) this.flight.end(pending);
  }

  /** The platform refused to carry call `id`. */
  refused(id: number, error: RpcError): void {
    const pending = this.flight.answer(id, false);
    if (pending) reject(pending, () => error);
  }

  /** The session has ended: every call settles now. */
  end({ code, message, cause, delivered: known }: RpcError): void {
    for (const pending of this.flight.clear()) {
      const delivered: Delivered = this.#pipelining.hasLeft(pending) ? known : "no";
      const options = cause === undefined ? { delivered } : { delivered, cause };
      reject(pending, () => new RpcError(code, message, options));
      pending.end();
      pending.lighten();
    }
  }

  /** Calls made on a result in the turn of its own call travel with it. */
  pipeline(base: CallResult): StubBase | undefined {
    const pending = this.flight.find(base.id);
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
    const pending = this.flight.find(base.id);
    return pending?.result === base && (pending.ties?.hold ? !pending.ties.sealed : !this.#pipelining.hasLeft(pending));
  }

  /** Makes a result an argument of the call that is being packed. Returns the id to name it by. */
  useAsArgument(base: CallResult): number {
    const pending = this.flight.find(base.id);
    if (pending && this.#pipelining.hold(pending)) this.#pipelining.addBase(pending);
    return base.id;
  }

  unread(error: RpcError, path: readonly string[]): void {
    this.#link.unread(error, path);
  }

  #refusal(target: number, signal: AbortSignal | undefined): RpcError | undefined {
    if (signal?.aborted) return abortError(signal, "no");
    return this.flight.refusal ?? this.#link.refusal(target);
  }

  #watch(pending: PendingCall, { signal, timeout }: CallOptions): void {
    pending.unwatch = watchCall(signal, timeout, {
      abort: () => this.#giveUp(pending, "CANCELLED", (delivered) => abortError(signal, delivered)),
      expire: () =>
        this.#giveUp(pending, "DEADLINE_EXCEEDED", (delivered) => deadlineError(pending, timeout ?? 0, delivered)),
    });
  }

  /** What is tied to a call follows it. */
  #left(pending: PendingCall): void {
    const { ties } = pending;
    if (!ties) return;
    for (const send of ties.following.splice(0)) send();
    this.#pipelining.releaseBases(pending);
    if (ties.hold) this.#pipelining.releaseHeld(pending);
  }

  /** Rejects at once; what was lent stays lent until the callee has answered. */
  #giveUp(pending: PendingCall, code: ErrorCode, error: (delivered: Delivered) => RpcError): void {
    pending.unwatch?.();
    if (this.flight.takeBack(pending)) return this.#withdraw(pending, code, error);
    if (pending.result?.reject(() => error("unknown"))) this.#link.sendUrgent([Kind.cancel, pending.id, code]);
  }

  /** Ends a call that has not left, and those built on its result. */
  #withdraw(pending: PendingCall, code: ErrorCode, error: (delivered: Delivered) => RpcError): void {
    reject(pending, () => error("no"));
    if (pending.ticket !== undefined) this.flight.answer(pending.id, false);
    else this.#pipelining.releaseBases(pending);
    pending.end();
    if (!pending.ties?.hold) return;
    const built = this.flight.all().filter(({ ties }) => ties?.bases.includes(pending));
    for (const dependent of built) this.#giveUp(dependent, code, error);
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
