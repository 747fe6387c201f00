import type { CallOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import type { ErrorCode } from "../error-code.ts";
import { isForeign } from "../error-wire.ts";
import type { IncomingInterceptor } from "../interceptor.ts";
import { makeDisposable } from "../lifetime.ts";
import {
  type AbortMessage,
  type CallExtra,
  type CallMessage,
  type DoneMessage,
  earlyCalls,
  Kind,
  type Message,
  type NotifyMessage,
  type RejectMessage,
  type ReleaseMessage,
  type ResolveMessage,
  type RetainMessage,
  type SettleMessage,
  type WirePath,
} from "../message.ts";
import type { Session, SessionOptions } from "../session-options.ts";
import type { Peer, Transport } from "../transport.ts";
import { CallResult } from "./call-result.ts";
import { Calls } from "./calls.ts";
import type { Carrier } from "./carrier.ts";
import { Dispatch } from "./dispatch.ts";
import { Exports } from "./exports.ts";

import { currentCall } from "./incoming-call.ts";
import { interceptCall, interceptNotification } from "./intercept.ts";
import type { Limits } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Outgoing } from "./outgoing.ts";
import { PathNumbers } from "./path-numbers.ts";
import type { Post } from "./post.ts";
import { Promises } from "./promises.ts";
import type { ReferenceRooms } from "./references.ts";
import { replacementFor } from "./replacement.ts";
import { memberAt } from "./resolve-path.ts";
import type { CallScope } from "./scope.ts";
import { Signals } from "./signals.ts";
import type { SessionStats } from "./stats.ts";
import { Streams } from "./streams.ts";
import type { ResultBase, StubBase, StubPath } from "./stub-base.ts";
import { makeStub, nodeOf } from "./stub-proxy.ts";
import { deadStub, Stubs } from "./stubs.ts";
import { Valuables } from "./valuables.ts";
import type { Way } from "./way.ts";

/** What the rooms need of the hall. */
export interface RoomsOwner extends Session {
  readonly options: SessionOptions;
  readonly limits: Limits;
  readonly transport: Transport;
  readonly way: Way;
  readonly carrier: Carrier;
  readonly outbox: Outbox;
  readonly post: Post;
  readonly admitted: boolean;
  readonly context: unknown;
  /** This side closes, and waits for what is under way. */
  readonly closing: boolean;
  refusal(target: number): RpcError | undefined;
  send(message: Message, packed?: Outgoing): ReturnType<Post["send"]>;
  sendUrgent(message: Message): void;
  report(error: unknown, path?: readonly string[], reference?: string): void;
  owe(by: 1 | -1): void;
  checkIdle(): void;
}

/** The rooms of one session, and the doors between them. */
export class Rooms {
  readonly calls: Calls;
  readonly dispatch: Dispatch;
  readonly exports: Exports;
  readonly stubs: Stubs;
  readonly streams: Streams;
  readonly promises: Promises;
  readonly signals: Signals;
  readonly paths: PathNumbers;
  readonly rootStub: object;
  readonly #hall: RoomsOwner;
  readonly #valuables: Valuables;

  constructor(hall: RoomsOwner) {
    this.#hall = hall;
    const { limits } = hall;
    this.paths = new PathNumbers((message) => hall.send(message));
    this.exports = new Exports(limits.references, (error) => hall.report(error));
    this.calls = new Calls(this.#callsOwner(), earlyCalls, limits.queuedCalls, hall.options.concurrency);
    this.stubs = new Stubs(this.#stubsOwner(), limits.references);
    this.promises = new Promises(this.#promisesOwner());
    this.signals = new Signals({
      nextId: () => this.exports.nextId(),
      sendAbort: (id, reason, scope) => afterCall(scope, () => this.#sendAbort(id, reason)),
    });
    this.streams = new Streams(this.#streamsOwner());
    this.dispatch = new Dispatch(this.#dispatchOwner(), limits);
    const root = this.#root();
    this.rootStub = makeStub(root);
    this.#valuables = new Valuables(this.#valuablesOwner(root));
  }

  /** Nothing is under way, in either direction. */
  get idle(): boolean {
    const { calls, dispatch, streams, promises } = this;
    return calls.inFlight + calls.queued + dispatch.active + dispatch.parked + streams.size + promises.size === 0;
  }

  stats(): SessionStats {
    const { calls, dispatch, streams, promises, signals } = this;
    const { outbox, post, carrier } = this.#hall;
    return {
      calls: { inFlight: calls.inFlight, queued: calls.queued, open: calls.size - calls.inFlight },
      handlers: { running: dispatch.active, parked: dispatch.parked, held: dispatch.held },
      exports: this.exports.size,
      stubs: this.stubs.size,
      streams: streams.size,
      promises: promises.size,
      signals: signals.size,
      outbox: { messages: outbox.messages + post.waiting, bytes: outbox.bytes },
      assembling: carrier.assembling,
    };
  }

  takeCall(message: CallMessage | NotifyMessage): void {
    // What is under way may still call back; only new work is refused.
    if (message[0] === Kind.call && message[2] === 0 && this.#hall.closing) {
      const closing = new RpcError("UNAVAILABLE", "the session is closing", { delivered: "no" });
      const packed = this.#valuables.packError(closing, undefined, "no");
      this.#hall.send([Kind.reject, message[1], packed.data, packed.table], packed);
      return;
    }
    this.dispatch.receive(message);
  }

  takeAnswer(message: ResolveMessage | RejectMessage | DoneMessage): void {
    if (message[0] === Kind.done) this.calls.done(message[1]);
    else if (message[0] === Kind.reject)
      this.calls.reject(message[1], () => this.#valuables.unpackValue(message[2], message[3], "error", {}));
    else this.#takeResult(message);
    this.#hall.checkIdle();
  }

  takeReference(message: RetainMessage | ReleaseMessage | SettleMessage | AbortMessage): void {
    switch (message[0]) {
      case Kind.retain:
        return this.exports.retain(message[1]);
      case Kind.release:
        if (message[1] < 0) this.dispatch.releaseResult(-message[1]);
        else this.exports.release(message[1], message[2]);
        return;
      default:
        if (this.#knows(message) || !this.dispatch.defer(message)) this.#followUp(message);
    }
  }

  #knows([kind, id]: SettleMessage | AbortMessage): boolean {
    return kind === Kind.settle ? this.promises.has(id) : this.signals.has(id);
  }

  #followUp(message: SettleMessage | AbortMessage): void {
    if (message[0] === Kind.settle) return this.#takeSettled(message);
    const [, id, reason, table] = message;
    if (this.signals.has(id)) this.signals.abort(id, this.#unpackReason(reason, table));
  }

  /** The platform refused a message: whoever it was for is told. */
  refused(message: Message, error: unknown): void {
    const refusal = RpcError.is(error)
      ? error
      : new RpcError("INVALID_ARGUMENT", "the platform cannot send this message", { cause: error, delivered: "no" });
    if (message[0] === Kind.call) return this.calls.refused(message[1], refusal);
    // A port that is gone takes nothing instead either; its end is on the way.
    if (refusal.code === "UNAVAILABLE") return;
    if (message[0] === Kind.items) this.streams.refused(message[1], refusal);
    else if (message[0] !== Kind.notify && !this.#sendInstead(message, refusal) && refusal.code === "UNIMPLEMENTED")
      return;
    this.#hall.report(refusal);
  }

  /** Says whether the peer waits for the message; strangers' protocols simply have no word for the others. */
  #sendInstead(message: Message, { code, message: why }: RpcError): boolean {
    const instead = replacementFor(message, this.#valuables.packError(new RpcError(code, why), undefined, "yes"), why);
    if (instead) this.#hall.send(instead);
    return instead !== undefined;
  }

  /** The session has ended: every room empties itself, and settles what it held. */
  end(code: ErrorCode, message: string, cause: unknown): void {
    const options = cause === undefined ? {} : { cause };
    const error = new RpcError(code, message, options);
    this.stubs.clear(`the session has ended: ${message}`);
    this.calls.end(code, message, cause);
    this.streams.end(error);
    this.promises.end(error);
    // Before the calls that they came with let go of them.
    this.signals.end(error);
    this.dispatch.end(error);
    this.exports.clear();
  }

  #takeResult([, id, value, table, open]: ResolveMessage): void {
    if ((table === undefined || table === null) && this.#hall.way.trusted)
      return this.calls.resolveWith(id, value, open === 1);
    const unpack = (options: CallOptions | undefined) => {
      const result = this.#valuables.unpackValue(value, table, "result", { options });
      return table ? makeDisposable(result) : result;
    };
    this.calls.resolve(id, unpack, open === 1);
  }

  #takeSettled([, id, ok, value, table]: SettleMessage): void {
    if (!this.promises.has(id)) return;
    try {
      const passage = { scope: this.promises.scopeOf(id) };
      if (ok === 1) this.promises.settle(id, true, this.#valuables.unpackValue(value, table, "promise", passage));
      else this.promises.settle(id, false, this.#valuables.unpackError(value, table));
    } catch (unreadable) {
      this.promises.settle(id, false, unreadable);
    }
    this.#hall.checkIdle();
  }

  #sendAbort(id: number, reason: unknown): void {
    const packed = this.#packReason(reason);
    this.#hall.send(packed.table ? [Kind.abort, id, packed.data, packed.table] : [Kind.abort, id, packed.data], packed);
  }

  /** A reason may be anything; what cannot cross is described. */
  #packReason(reason: unknown): Outgoing {
    try {
      return this.#valuables.packValue(reason, "reason", "other", { plain: true });
    } catch {
      return this.#valuables.packValue(RpcError.from(reason, "CANCELLED").message, "reason", "other", { plain: true });
    }
  }

  /** Whoever is told to stop is told, even if not why. */
  #unpackReason(data: unknown, table: unknown): unknown {
    try {
      return this.#valuables.unpackValue(data, table, "reason", {});
    } catch (cause) {
      return new RpcError("DATA_LOSS", "the reason cannot be read", { cause });
    }
  }

  #root(): StubBase {
    const { outgoing = [] } = this.#hall.options.interceptors ?? {};
    const direct: StubBase = {
      call: (path, args, options) => this.calls.start(0, path, args, options),
      notify: (path, args, options) => this.#notify(0, path, args, options),
    };
    if (outgoing.length === 0 || this.#hall.options.interceptRoot === false) return direct;
    return {
      call: (path, args, options) => interceptCall(outgoing, this.calls, direct, path, args, options),
      notify: (path, args, options) =>
        interceptNotification(outgoing, direct, path, args, options, (e) => this.#hall.report(e, path.segments)),
    };
  }

  #notify(target: number, path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    const refusal = this.#hall.refusal(target);
    if (refusal) throw refusal;
    const packed = this.#valuables.packArguments(args, { plain: true });
    const extra = this.#valuables.packExtra(options);
    const start = [Kind.notify, target, this.paths.write(path), packed.data] as const;
    const message: Message = packed.table || extra ? [...start, packed.table, extra] : start;
    this.calls.sendBehind(() => this.#hall.send(message, packed));
    if (currentCall()) this.#hall.outbox.flushIfLate();
  }

  #callsOwner(): ConstructorParameters<typeof Calls>[0] {
    const hall = this.#hall;
    return {
      refusal: (target) => hall.refusal(target),
      packCall: (args, call) => this.#valuables.packArguments(args, call),
      packExtra: (options) => this.#valuables.packExtra(options),
      internPath: (path) => this.paths.write(path),
      send: (message, packed) => {
        const ticket = hall.send(message, packed);
        if (currentCall()) hall.outbox.flushIfLate();
        return ticket;
      },
      takeBack: (ticket) => hall.post.takeBack(ticket),
      hasLeft: (ticket) => hall.post.hasLeft(ticket),
      sendUrgent: (message) => hall.sendUrgent(message),
      busy: (busy) => hall.owe(busy ? 1 : -1),
      unread: (error, path) => {
        if (error.code !== "CANCELLED" && error.code !== "UNAVAILABLE") hall.report(error, path);
      },
    };
  }

  #stubsOwner(): ConstructorParameters<typeof Stubs>[0] {
    const { outgoing = [] } = this.#hall.options.interceptors ?? {};
    const failed = (path: StubPath, why: string): ResultBase => {
      const result = new CallResult(this.calls, 0, path.segments);
      result.settle({ ok: false, error: () => deadStub(why) });
      return result;
    };
    return {
      failed,
      start: (target, path, args, options, keep) => {
        if (outgoing.length === 0) return this.calls.start(target, path, args, options, keep);
        const base: StubBase = {
          call: (...call) => this.calls.start(target, ...call, keep),
          notify: (...call) => this.#notify(target, ...call),
        };
        return interceptCall(outgoing, this.calls, base, path, args, options);
      },
      notify: (target, path, args, options) => this.#notify(target, path, args, options),
      sendRetain: (id) => void this.#hall.send([Kind.retain, id]),
      sendRelease: (id, count) => {
        if (!this.#hall.ended) this.#hall.send([Kind.release, id, count]);
      },
    };
  }

  #promisesOwner(): ConstructorParameters<typeof Promises>[0] {
    return {
      nextId: () => this.exports.nextId(),
      waiting: (by) => this.#hall.owe(by),
      forgotten: () => this.#hall.checkIdle(),
      sendSettled: (id, ok, value, scope) => afterCall(scope, () => this.#sendSettled(id, ok, value, scope)),
    };
  }

  #sendSettled(id: number, ok: boolean, value: unknown, scope: CallScope | undefined): void {
    if (this.#hall.ended) return;
    let packed: Outgoing;
    try {
      packed = ok
        ? this.#valuables.packValue(value, "promise", "other", { scope })
        : this.#packFailure(value, [], "yes");
      this.#hall.send([Kind.settle, id, ok ? 1 : 0, packed.data, packed.table], packed);
    } catch (unpackable) {
      packed = this.#packFailure(unpackable, [], "yes");
      this.#hall.send([Kind.settle, id, 0, packed.data, packed.table], packed);
    }
    this.#hall.checkIdle();
  }

  #streamsOwner(): ConstructorParameters<typeof Streams>[0] {
    const hall = this.#hall;
    return {
      limits: hall.limits,
      get trusted() {
        return hall.way.trusted;
      },
      get blocked() {
        return hall.carrier.blocked;
      },
      nextId: () => this.exports.nextId(),
      packItem: (item, call) => this.#valuables.packValue(item, "item", "item", call ? { call } : {}),
      packError: (error) => this.#packFailure(error, [], "yes"),
      packStop: (value) => this.#packReason(value),
      send: (message, packed) => {
        if (!hall.ended) hall.send(message, packed);
      },
      sendUrgent: (message) => {
        if (!hall.ended) hall.sendUrgent(message);
      },
      waiting: (by) => hall.owe(by),
      unpackItems: (message) => this.#valuables.unpackItems(message),
      unpackError: (error, table) => this.#valuables.unpackError(error, table),
      unpackValue: (value, table) => this.#valuables.unpackValue(value, table, "value", {}),
      report: (error) => hall.report(error),
      changed: () => hall.checkIdle(),
    };
  }

  #dispatchOwner(): ConstructorParameters<typeof Dispatch>[0] {
    const hall = this.#hall;
    const interceptors: readonly IncomingInterceptor[] = hall.options.interceptors?.incoming ?? [];
    return {
      interceptors,
      get admitted(): boolean {
        return hall.admitted;
      },
      get peer(): Peer {
        return hall.peer;
      },
      get remote(): unknown {
        return hall.remote;
      },
      get context(): unknown {
        return hall.context;
      },
      findTarget: (target) => this.#findTarget(target),
      pathOf: (path: WirePath) => this.paths.read(path),
      unpackArguments: (args, table, call) => this.#valuables.unpackArguments(args, table, call),
      unpackMetadata: (extra: CallExtra) => this.#valuables.unpackMetadata(extra),
      packResult: (value, call) => this.#valuables.packValue(value, "result", "result", { call }),
      packError: (error, call, started) => this.#packFailure(error, call.path, started ? "yes" : "no"),
      send: (message, packed) => hall.send(message, packed),
      knows: (message) => this.#knows(message),
      discard: (result) => this.#discard(result),
      followUp: (message) => this.#followUp(message),
      report: (error, path) => hall.report(error, path),
      left: () => hall.checkIdle(),
    };
  }

  #discard(result: object): void {
    // A stub is its holder's: collection gives it back.
    if (nodeOf(result)) return;
    try {
      this.exports.discard(result);
    } catch (error) {
      this.#hall.report(error);
    }
  }

  /** Packs a failure for the peer; one that the peer is not told of is reported here, under the same reference. */
  #packFailure(error: unknown, path: readonly string[], delivered: "no" | "yes"): Outgoing {
    const exposed = this.#hall.options.exposeErrors ?? this.#hall.way.trusted;
    const expected = exposed || (RpcError.is(error) ? !isForeign(error) : isAbort(error));
    const reference = expected ? undefined : freshReference();
    if (reference !== undefined) this.#hall.report(error, path, reference);
    return this.#valuables.packError(error, reference, delivered);
  }

  #findTarget(target: number): unknown {
    if (target === 0) return this.#hall.options.expose;
    const entry = this.exports.get(target);
    if (entry) return entry.value;
    throw new RpcError("FAILED_PRECONDITION", `reference ${target} is not lent or held any more`, { delivered: "no" });
  }

  #valuablesOwner(root: object): ConstructorParameters<typeof Valuables>[0] {
    const { options, way, limits, transport } = this.#hall;
    const rooms: ReferenceRooms = {
      calls: this.calls,
      exports: this.exports,
      stubs: this.stubs,
      streams: this.streams,
      promises: this.promises,
      signals: this.signals,
      root,
      lendToSession: options.callbacks === "session",
      referenceLimit: limits.references,
      packReason: (reason) => {
        const { data, table } = this.#packReason(reason);
        return [data, table];
      },
      unpackReason: (data, table) => this.#unpackReason(data, table),
      comeHome: (target, segments) => memberAt(this.#findTarget(target), segments),
      heldResult: (id) => this.dispatch.heldResult(id),
    };
    const mixed =
      transport.traits.carries === "clone" && options.codec !== undefined && options.codec.carries !== "clone";
    return { way, limits, rooms, exposeErrors: options.exposeErrors, transfer: options.transfer, mixed };
  }
}

/** Runs `send` once the call that brings what it speaks of has left. */
function afterCall(scope: CallScope | undefined, send: () => void): void {
  if (scope) scope.follow(send);
  else send();
}

function isAbort(error: unknown): boolean {
  const { code } = RpcError.from(error);
  return code === "CANCELLED" || code === "DEADLINE_EXCEEDED";
}

/** Not `randomUUID`: pages on plain http do not have it, nor the content scripts in them. */
function freshReference(): string {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word.toString(16).padStart(8, "0");
}
