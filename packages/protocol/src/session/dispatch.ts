import { RpcError } from "../error.ts";
import type { IncomingInterceptor } from "../interceptor.ts";
import {
  type AbortMessage,
  type CallExtra,
  type CallMessage,
  earlyCalls,
  Kind,
  type Message,
  type NotifyMessage,
  type SettleMessage,
  type WirePath,
} from "../message.ts";
import { RpcTarget } from "../rpc-target.ts";
import type { Packed } from "../values/pack.ts";
import { carryContext } from "./carried-stream.ts";
import { type CallSession, enterCall, IncomingCall, leaveCall } from "./incoming-call.ts";
import { exceeded, type Limits } from "./limits.ts";
import { invokePath } from "./resolve-path.ts";

/** What dispatching needs of its session. */
export interface DispatchOwner extends CallSession {
  /** False until the peer has been let in: calls are parked. */
  readonly admitted: boolean;
  readonly interceptors: readonly IncomingInterceptor[];
  /** What a call runs on: the exposed API, an export. Throws for an unknown one. */
  findTarget(target: number): unknown;
  pathOf(path: WirePath): readonly string[];
  /** The arguments; what must settle before they are whole goes to `call.waits`. */
  unpackArguments(args: unknown, table: unknown, call: IncomingCall): readonly unknown[];
  unpackMetadata(extra: CallExtra): unknown;
  packResult(value: unknown, call: IncomingCall): Packed;
  packError(error: unknown, call: IncomingCall, started: boolean): Packed;
  /** Whether what the message speaks of has arrived. */
  knows(message: FollowUp): boolean;
  followUp(message: FollowUp): void;
  send(message: Message, packed?: Packed): unknown;
  /** Nobody takes this result any more, which would have crossed by reference. */
  discard(result: object): void;
  /** A handler is done. */
  left(): void;
  /** Something went wrong that no peer hears of. */
  report(error: unknown, path: readonly string[]): void;
}

type Arrival = CallMessage | NotifyMessage;

/** What speaks of a promise or a signal that came with a call. */
type FollowUp = SettleMessage | AbortMessage;

/**
 * The calls made to us: resolve target and path, run, answer, abort. Handlers
 * start in call order; each call is answered exactly once.
 */
export class Dispatch {
  readonly #owner: DispatchOwner;
  readonly #limits: Limits;
  /** Notifications have no id, so they stand for themselves. */
  readonly #running = new Map<number | IncomingCall, IncomingCall>();
  readonly #held = new Map<number, Promise<unknown>>();
  #parked: Arrival[] = [];
  /** What may speak of calls that are parked. */
  #followUps: FollowUp[] = [];
  #parkedCalls = 0;
  readonly #releases = new Set<number>();
  #active = 0;
  #lastId = 0;

  constructor(owner: DispatchOwner, limits: Limits) {
    this.#owner = owner;
    this.#limits = limits;
  }

  /** Handlers that run, answered or not. */
  get active(): number {
    return this.#active;
  }

  /** Calls that wait to start. */
  get parked(): number {
    return this.#parked.length;
  }

  /** Results kept for calls that are built on them. */
  get held(): number {
    return this.#held.size;
  }

  /** Takes a call or a notification. Throws PROTOCOL_ERROR for an id that was used before. */
  receive(message: Arrival): void {
    if (message[0] === Kind.call) this.#claim(message[1]);
    if (this.#parked.length === 0 && this.#hasRoom()) this.#start(message);
    else this.#park(message);
  }

  /**
   * Keeps what may speak of a call that is parked: it is heeded once that call has
   * started. Says whether any is parked. Beyond the limit for references it is dropped.
   */
  defer(message: FollowUp): boolean {
    if (this.#parked.length === 0) return false;
    if (this.#followUps.length < this.#limits.references) this.#followUps.push(message);
    return true;
  }

  /** Starts what was parked, as far as there is room. */
  resume(): void {
    while (this.#parked.length > 0 && this.#hasRoom()) {
      const next = this.#unpark(0);
      if (next) this.#start(next);
      if (this.#followUps.length > 0) this.#heedFollowUps();
    }
    if (this.#parked.length > 0) return;
    for (const id of this.#releases) this.#held.delete(id);
    this.#releases.clear();
  }

  /** The caller has given up: its handler is told, and the call is answered. */
  cancel(id: number, code: unknown): void {
    const late = code === "DEADLINE_EXCEEDED";
    const reason = new RpcError(
      late ? "DEADLINE_EXCEEDED" : "CANCELLED",
      late ? "the deadline passed" : "the caller gave up",
    );
    const call = this.#running.get(id);
    if (call && !call.answered) {
      call.abort(reason);
      this.#answerError(call, reason, true);
      return;
    }
    const parked = this.#parked.findIndex((message) => message[0] === Kind.call && message[1] === id);
    if (parked < 0) return;
    this.#refuse(this.#unpark(parked) as Arrival, reason);
    // What waited for the last parked call is due.
    this.resume();
  }

  /** The result that call `id` was asked to keep, or will have. */
  heldResult(id: number): Promise<unknown> {
    const held = this.#held.get(id);
    if (!held) throw new RpcError("INVALID_ARGUMENT", `the result of call ${id} is not held`, { delivered: "no" });
    return held;
  }

  /** The caller builds nothing more on the result of call `id`. */
  releaseResult(id: number): void {
    // Calls that are parked may still be built on it.
    const mayBeNeeded = this.#parked.length > 0 && id <= this.#lastId && this.#releases.size < this.#limits.references;
    if (mayBeNeeded) this.#releases.add(id);
    else this.#held.delete(id);
  }

  /** The session has ended: every handler is told. */
  end(reason: RpcError): void {
    this.#parked = [];
    this.#followUps = [];
    this.#parkedCalls = 0;
    this.#releases.clear();
    this.#held.clear();
    const running = [...this.#running.values()];
    this.#running.clear();
    for (const call of running) {
      call.abort(reason);
      call.answered = true;
      call.end();
    }
  }

  #claim(id: number): void {
    if (id <= this.#lastId) throw new RpcError("PROTOCOL_ERROR", `call id ${id} after ${this.#lastId}`);
    this.#lastId = id;
  }

  #hasRoom(): boolean {
    return this.#owner.admitted && this.#active < this.#limits.calls;
  }

  #park(message: Arrival): void {
    const isCall = message[0] === Kind.call;
    const full = isCall
      ? this.#parkedCalls >= earlyCalls
      : this.#parked.length - this.#parkedCalls >= this.#limits.queuedCalls;
    if (full) return this.#refuse(message, exceeded("calls in flight", this.#limits.calls));
    this.#parked.push(message);
    if (isCall) this.#parkedCalls++;
  }

  /** A parked call has started: what speaks of what it brought can be heeded, and all when none is parked. */
  #heedFollowUps(): void {
    const waiting = this.#followUps;
    this.#followUps = [];
    for (const message of waiting) {
      if (this.#parked.length === 0 || this.#owner.knows(message)) this.#owner.followUp(message);
      else this.#followUps.push(message);
    }
  }

  #unpark(at: number): Arrival | undefined {
    const [message] = this.#parked.splice(at, 1);
    if (message?.[0] === Kind.call) this.#parkedCalls--;
    return message;
  }

  #start(message: Arrival): void {
    this.#active++;
    let call: IncomingCall | undefined;
    try {
      call = this.#open(message);
      if (message[0] === Kind.call)
        this.#run(call, message[2], this.#owner.unpackArguments(message[4], message[5], call));
      else this.#run(call, message[1], this.#owner.unpackArguments(message[3], message[4], call));
    } catch (thrown) {
      if (call) this.#fail(call, thrown, false);
      else {
        this.#active--;
        this.#refuse(message, RpcError.from(thrown, "INVALID_ARGUMENT", "no"));
      }
    }
  }

  #open(message: Arrival): IncomingCall {
    const isCall = message[0] === Kind.call;
    const id = isCall ? message[1] : 0;
    const path = this.#owner.pathOf(isCall ? message[3] : message[2]);
    const extra = isCall ? message[6] : message[5];
    if (!extra) return new IncomingCall(this.#owner, id, path);
    const metadata = this.#owner.unpackMetadata(extra);
    const call = new IncomingCall(this.#owner, id, path, { ...extra, metadata });
    if (extra.hold === 1) this.#hold(call);
    return call;
  }

  /** Runs the handler now, or when the results that it is built on are there. */
  #run(call: IncomingCall, target: number, args: readonly unknown[]): void {
    const { waits = none } = call;
    const root = target < 0 ? this.heldResult(-target) : this.#owner.findTarget(target);
    if (target >= 0 && waits.length === 0) return this.#invoke(call, root, args);
    const base = target < 0 ? root : undefined;
    this.#runLater(call, Promise.all([base, ...waits]), base === undefined ? root : undefined, args);
  }

  #runLater(call: IncomingCall, whole: Promise<readonly unknown[]>, root: unknown, args: readonly unknown[]): void {
    this.#running.set(call.id || call, call);
    whole.then(
      ([base]) => (call.answered ? this.#leave(call) : this.#invoke(call, root ?? base, args)),
      (thrown) => this.#fail(call, thrown, false),
    );
  }

  #invoke(call: IncomingCall, root: unknown, args: readonly unknown[]): void {
    let result: unknown;
    const outer = enterCall(call);
    try {
      result = this.#enter(call, root, args);
    } catch (thrown) {
      return this.#fail(call, thrown, true);
    } finally {
      leaveCall(outer);
    }
    if (isThenable(result)) this.#follow(call, result);
    else this.#succeed(call, result);
  }

  #follow(call: IncomingCall, result: PromiseLike<unknown>): void {
    this.#running.set(call.id || call, call);
    result.then(
      (value) => this.#succeed(call, value),
      (thrown: unknown) => this.#fail(call, thrown, true),
    );
  }

  #enter(call: IncomingCall, root: unknown, args: readonly unknown[]): unknown {
    const { interceptors } = this.#owner;
    if (interceptors.length === 0) return invokePath(root, call.path, call, args);
    return intercept(interceptors, call, async () => carryContext(await invokePath(root, call.path, call, args)));
  }

  #succeed(call: IncomingCall, value: unknown): void {
    call.held?.resolve(value);
    this.#leave(call);
    if (call.answered) return this.#discard(value);
    if (call.notification) return call.settle();
    try {
      this.#answer(call, this.#owner.packResult(value, call));
    } catch (unpackable) {
      this.#answerError(call, unpackable, true);
    }
  }

  /** A result that came after its call was answered: a stream must not stay open, nor a subscription last. */
  #discard(value: unknown): void {
    if (typeof value === "function" || RpcTarget.is(value)) return this.#owner.discard(value);
    if (typeof value === "object" && value !== null && Symbol.asyncIterator in value) finishStream(value);
  }

  #fail(call: IncomingCall, thrown: unknown, started: boolean): void {
    call.held?.reject(thrown);
    this.#leave(call);
    if (call.answered) return;
    if (call.notification) {
      call.settle();
      return this.#owner.report(thrown, call.path);
    }
    this.#answerError(
      call,
      thrown,
      started && !(RpcError.is(thrown) && thrown.code === "UNIMPLEMENTED" && thrown.delivered === "no"),
    );
  }

  #answer(call: IncomingCall, packed: Packed): void {
    const { id } = call;
    if (call.hasStreams) {
      this.#owner.send([Kind.resolve, id, packed.data, packed.table, 1], packed);
      call.onEnd(() => this.#owner.send([Kind.done, id]));
    } else if (packed.table === null) this.#owner.send([Kind.resolve, id, packed.data], packed);
    else this.#owner.send([Kind.resolve, id, packed.data, packed.table], packed);
    call.settle();
  }

  #answerError(call: IncomingCall, error: unknown, started: boolean): void {
    const packed = this.#owner.packError(error, call, started);
    this.#owner.send(
      packed.table === null ? [Kind.reject, call.id, packed.data] : [Kind.reject, call.id, packed.data, packed.table],
      packed,
    );
    call.settle();
    // The caller takes a rejection for the end of the call, streams and all.
    call.end();
  }

  /** Answers a call that never starts. */
  #refuse(message: Arrival, error: RpcError): void {
    if (message[0] === Kind.notify) return this.#owner.report(error, []);
    this.#answerError(new IncomingCall(this.#owner, message[1], []), error, false);
  }

  #leave(call: IncomingCall): void {
    this.#running.delete(call.id || call);
    this.#active--;
    if (this.#parked.length > 0) this.resume();
    if (this.#active === 0) this.#owner.left();
  }

  #hold(call: IncomingCall): void {
    if (this.#held.size >= this.#limits.references) throw exceeded("references", this.#limits.references);
    const result = new Promise<unknown>((resolve, reject) => {
      call.held = { resolve, reject };
    });
    // Its failure reaches every dependent through its own call; nobody need read it here.
    result.catch(() => {});
    this.#held.set(call.id, result);
  }
}

const none: readonly never[] = [];

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return typeof (value as { then?: unknown }).then === "function";
}

function intercept(
  interceptors: readonly IncomingInterceptor[],
  call: IncomingCall,
  run: () => Promise<unknown>,
): unknown {
  const next = interceptors.reduceRight<() => Promise<unknown>>(
    (inner, interceptor) => async () => interceptor(call, inner),
    run,
  );
  return next();
}

/** Ends a stream that nobody will read. */
function finishStream(stream: object): void {
  const { cancel, return: finish } = stream as { cancel?: unknown; return?: unknown };
  const end = finish ?? cancel;
  if (typeof end === "function") Promise.resolve(Reflect.apply(end, stream, [])).catch(() => {});
}
