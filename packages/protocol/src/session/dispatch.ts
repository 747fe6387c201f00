import { RpcError } from "../error.ts";
import { isThenable } from "../is-thenable.ts";
import { type CallExtra, type CallMessage, Kind, type NotifyMessage, type WirePath } from "../message.ts";
import { Answers } from "./answers.ts";
import { unpackMetadata } from "./call-extra.ts";
import { carryContext } from "./carried-stream.ts";
import { HeldResults } from "./held-results.ts";
import { enterCall, IncomingCall, leaveCall } from "./incoming-call.ts";
import { exceeded } from "./limits.ts";
import type { FollowUp, Link } from "./link.ts";
import { Parking } from "./parking.ts";
import { invokePath } from "./resolve-path.ts";

type Arrival = CallMessage | NotifyMessage;

/**
 * The calls made to us: resolve target and path, run, answer, abort. Handlers
 * start in call order; each call is answered exactly once.
 */
export class Dispatch {
  readonly #link: Link;
  readonly #answers: Answers;
  /** Handlers that go on after their turn. Notifications have no id, so they stand for themselves. */
  #running: Map<number | IncomingCall, IncomingCall> | undefined;
  #parking: Parking | undefined;
  #held: HeldResults | undefined;
  #active = 0;
  #lastId = 0;

  constructor(link: Link) {
    this.#link = link;
    this.#answers = new Answers(link);
  }

  /** Handlers that run, answered or not. */
  get active(): number {
    return this.#active;
  }

  /** Calls that wait to start. */
  get parked(): number {
    return this.#parking?.size ?? 0;
  }

  /** Results kept for calls that are built on them. */
  get held(): number {
    return this.#held?.size ?? 0;
  }

  /** Takes a call or a notification. Throws PROTOCOL_ERROR for an id that was used before. */
  receive(message: Arrival): void {
    if (message[0] === Kind.call) this.#claim(message[1]);
    if (this.#mayStart) this.#start(message);
    else if (!this.#park(message)) this.#refuse(message, exceeded("calls in flight", this.#link.limits.calls));
  }

  /** Takes a plain call as {@link receive} does. */
  receivePlain(id: number, target: number, path: WirePath, args: unknown): void {
    if (!this.#mayStart) return this.receive([Kind.call, id, target, path, args]);
    this.#claim(id);
    this.#begin(id, target, path, args, null, null);
  }

  /** Keeps what may speak of a call that is parked. Says whether any is. */
  defer(message: FollowUp): boolean {
    return this.#parking?.defer(message) ?? false;
  }

  /** Starts what was parked, as far as there is room. */
  resume(): void {
    const parking = this.#parking;
    if (!parking) return;
    while (parking.size > 0 && this.#hasRoom) {
      const next = parking.first();
      if (next) this.#start(next);
      parking.heed();
    }
    if (parking.size === 0) for (const id of parking.released()) this.#held?.release(id);
  }

  /** The caller has given up: its handler is told, and the call is answered. */
  cancel(id: number, code: unknown): void {
    const late = code === "DEADLINE_EXCEEDED";
    const reason = new RpcError(
      late ? "DEADLINE_EXCEEDED" : "CANCELLED",
      late ? "the deadline passed" : "the caller gave up",
    );
    const call = this.#running?.get(id);
    if (call && !call.answered) {
      call.abort(reason);
      return this.#answers.reject(call, reason, true);
    }
    const parked = this.#parking?.take(id);
    if (!parked) return;
    this.#refuse(parked, reason);
    // What waited for the last parked call is due.
    this.resume();
  }

  /** The result that call `id` was asked to keep, or will have. */
  heldResult(id: number): Promise<unknown> {
    return this.#results.get(id);
  }

  /** The caller builds nothing more on the result of call `id`. */
  releaseResult(id: number): void {
    // Calls that are parked may still be built on it.
    if (id > this.#lastId || !this.#parking?.release(id)) this.#held?.release(id);
  }

  /** The session has ended: every handler is told. */
  end(reason: RpcError): void {
    this.#parking?.clear();
    this.#held?.clear();
    const running = this.#running?.values() ?? [];
    this.#running = undefined;
    for (const call of running) {
      call.abort(reason);
      call.answered = true;
      call.end();
    }
  }

  get #results(): HeldResults {
    this.#held ??= new HeldResults(this.#link.limits.references);
    return this.#held;
  }

  #park(message: Arrival): boolean {
    this.#parking ??= new Parking(this.#link);
    return this.#parking.park(message);
  }

  #claim(id: number): void {
    if (id <= this.#lastId) throw new RpcError("PROTOCOL_ERROR", `call id ${id} after ${this.#lastId}`);
    this.#lastId = id;
  }

  get #hasRoom(): boolean {
    return this.#active < this.#link.limits.calls && this.#link.admitted;
  }

  get #mayStart(): boolean {
    return this.parked === 0 && this.#hasRoom;
  }

  #start(message: Arrival): void {
    if (message[0] === Kind.call) this.#begin(message[1], message[2], message[3], message[4], message[5], message[6]);
    else this.#begin(0, message[1], message[2], message[3], message[4], message[5]);
  }

  #begin(
    id: number,
    target: number,
    path: WirePath,
    args: unknown,
    table: unknown,
    extra: CallExtra | null | undefined,
  ): void {
    this.#active++;
    let call: IncomingCall | undefined;
    try {
      call = new IncomingCall(this.#link, id, this.#link.readPath(path), extra ? this.#arrivalOf(extra) : undefined);
      if (extra?.hold === 1) this.#results.hold(call);
      this.#run(call, target, this.#link.values.unpackArguments(args, table, call));
    } catch (thrown) {
      if (call) return this.#fail(call, thrown, false);
      const refusal = RpcError.from(thrown, "INVALID_ARGUMENT", "no");
      this.#fail(new IncomingCall(this.#link, id, []), refusal, false);
    }
  }

  #arrivalOf(extra: CallExtra) {
    const { trusted, limits } = this.#link;
    return { ...extra, metadata: unpackMetadata(extra, trusted ? undefined : limits) };
  }

  /** Runs the handler now, or when the results that it is built on are there. */
  #run(call: IncomingCall, target: number, args: readonly unknown[]): void {
    const root = target < 0 ? this.heldResult(-target) : this.#link.findTarget(target);
    if (target >= 0 && !call.waits?.length) return this.#invoke(call, root, args);
    this.#track(call);
    Promise.all([root, ...(call.waits ?? [])]).then(
      ([base]) => (call.answered ? this.#leave(call) : this.#invoke(call, target < 0 ? base : root, args)),
      (thrown) => this.#fail(call, thrown, false),
    );
  }

  #invoke(call: IncomingCall, root: unknown, args: readonly unknown[]): void {
    let result: unknown;
    let pending: boolean;
    const outer = enterCall(call);
    try {
      result = this.#enter(call, root, args);
      pending = isThenable(result);
    } catch (thrown) {
      return this.#fail(call, thrown, true);
    } finally {
      leaveCall(outer);
    }
    if (!pending) return this.#succeed(call, result);
    this.#track(call);
    // As a promise, since what else has a `then` may settle twice.
    Promise.resolve(result).then(
      (value) => this.#succeed(call, value),
      (thrown: unknown) => this.#fail(call, thrown, true),
    );
  }

  #track(call: IncomingCall): void {
    call.running = true;
    this.#running ??= new Map();
    this.#running.set(call.id || call, call);
  }

  #enter(call: IncomingCall, root: unknown, args: readonly unknown[]): unknown {
    const interceptors = this.#link.options.interceptors?.incoming;
    if (!interceptors?.length) return invokePath(root, call.path, call, args);
    const run = async () => carryContext(await invokePath(root, call.path, call, args));
    const next = interceptors.reduceRight<() => Promise<unknown>>(
      (inner, interceptor) => async () => interceptor(call, inner),
      run,
    );
    return next();
  }

  #succeed(call: IncomingCall, value: unknown): void {
    call.held?.resolve(value);
    this.#leave(call);
    this.#answers.resolve(call, value);
  }

  #fail(call: IncomingCall, thrown: unknown, started: boolean): void {
    call.held?.reject(thrown);
    this.#leave(call);
    this.#answers.fail(call, thrown, started);
  }

  /** Answers a call that never starts. */
  #refuse(message: Arrival, error: RpcError): void {
    if (message[0] === Kind.notify) return this.#link.report(error, []);
    this.#answers.reject(new IncomingCall(this.#link, message[1], []), error, false);
  }

  #leave(call: IncomingCall): void {
    if (call.running) this.#running?.delete(call.id || call);
    this.#active--;
    if (this.parked > 0) this.resume();
    if (this.#active === 0) this.#link.checkIdle();
  }
}
