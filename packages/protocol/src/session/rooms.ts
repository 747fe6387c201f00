import { RpcError } from "../error.ts";
import { earlyCalls, type WirePath } from "../message.ts";
import { Calls } from "./calls.ts";
import { Dispatch } from "./dispatch.ts";
import { Entry } from "./entry.ts";
import { Exports } from "./exports.ts";
import { FollowUps, type FollowUpsOwner } from "./follow-ups.ts";
import { HallLink, type RoomsOwner } from "./hall-link.ts";
import type { FollowUp, Link } from "./link.ts";
import { PathNumbers } from "./path-numbers.ts";
import { Promises } from "./promises.ts";
import type { CallScope } from "./scope.ts";
import { Signals } from "./signals.ts";
import type { SessionStats } from "./stats.ts";
import type { StreamOwner } from "./stream-owner.ts";
import { Streams } from "./streams.ts";
import type { StubBase, StubPath } from "./stub-base.ts";
import { nodeOf } from "./stub-base.ts";
import { makeStub } from "./stub-proxy.ts";
import { Stubs } from "./stubs.ts";
import { Valuables, type ValuablesOwner } from "./valuables.ts";

/** The rooms of one session, and the doors between them. Those that few sessions need are made when first entered. */
export class Rooms extends HallLink implements Link, ValuablesOwner, FollowUpsOwner, StreamOwner {
  readonly calls: Calls;
  readonly dispatch: Dispatch;
  readonly mixed: boolean;
  readonly values: Valuables;
  readonly entry: Entry;
  #paths: PathNumbers | undefined;
  #followUps: FollowUps | undefined;
  #exports: Exports | undefined;
  #stubs: Stubs | undefined;
  #streams: Streams | undefined;
  #promises: Promises | undefined;
  #signals: Signals | undefined;
  #root: StubBase | undefined;
  #rootStub: object | undefined;

  constructor(hall: RoomsOwner) {
    super(hall);
    const { options, transport } = hall;
    this.mixed =
      transport.traits.carries === "clone" && options.codec !== undefined && options.codec.carries !== "clone";
    this.calls = new Calls(this, earlyCalls);
    this.dispatch = new Dispatch(this);
    this.entry = new Entry(this, this.calls);
    this.values = new Valuables(this);
  }

  get root(): StubBase {
    this.#root ??= this.entry.root();
    return this.#root;
  }

  get rootStub(): object {
    this.#rootStub ??= makeStub(this.root);
    return this.#rootStub;
  }

  get exports(): Exports {
    this.#exports ??= new Exports(this);
    return this.#exports;
  }

  get stubs(): Stubs {
    this.#stubs ??= new Stubs(this);
    return this.#stubs;
  }

  get streams(): Streams {
    this.#streams ??= new Streams(this);
    return this.#streams;
  }

  get promises(): Promises {
    this.#promises ??= new Promises(this);
    return this.#promises;
  }

  get signals(): Signals {
    this.#signals ??= new Signals(this);
    return this.#signals;
  }

  get followUps(): FollowUps {
    this.#followUps ??= new FollowUps(this);
    return this.#followUps;
  }

  get paths(): PathNumbers {
    this.#paths ??= new PathNumbers((message) => this.send(message));
    return this.#paths;
  }

  /** Nothing is under way, in either direction. */
  get idle(): boolean {
    const { dispatch } = this;
    const { flight } = this.calls;
    const open = (this.#streams?.size ?? 0) + (this.#promises?.size ?? 0);
    return flight.inFlight + flight.queued + dispatch.active + dispatch.parked + open === 0;
  }

  stats(): SessionStats {
    const { dispatch } = this;
    const { flight } = this.calls;
    const { outbox, post, carrier } = this.hall;
    return {
      calls: { inFlight: flight.inFlight, queued: flight.queued, open: flight.size - flight.inFlight },
      handlers: { running: dispatch.active, parked: dispatch.parked, held: dispatch.held },
      exports: this.#exports?.size ?? 0,
      stubs: this.#stubs?.size ?? 0,
      streams: this.#streams?.size ?? 0,
      promises: this.#promises?.size ?? 0,
      signals: this.#signals?.size ?? 0,
      outbox: { messages: outbox.messages + post.waiting, bytes: outbox.bytes },
      assembling: carrier.assembling,
    };
  }

  /** The port takes more again. */
  pump(): void {
    this.#streams?.pump();
  }

  knows(message: FollowUp): boolean {
    return this.followUps.knows(message);
  }

  followUp(message: FollowUp): void {
    this.followUps.take(message);
  }

  /** The session has ended: every room empties itself, and settles what it held. */
  end(error: RpcError): void {
    this.#stubs?.clear(`the session has ended: ${error.message}`);
    this.calls.end(error);
    this.#streams?.end(error);
    this.#promises?.end(error);
    // Before the calls that they came with let go of them.
    this.#signals?.end(error);
    this.dispatch.end(error);
    this.#exports?.clear();
  }

  writePath(path: StubPath): WirePath {
    return this.paths.write(path);
  }

  readPath(path: WirePath): readonly string[] {
    return this.paths.read(path);
  }

  sendSettled(id: number, ok: boolean, value: unknown, scope: CallScope | undefined): void {
    afterCall(scope, () => {
      if (!this.hall.ended) this.followUps.sendSettled(id, ok, value, scope);
    });
  }

  sendAbort(id: number, reason: unknown, scope: CallScope | undefined): void {
    afterCall(scope, () => this.followUps.sendAbort(id, reason));
  }

  findTarget(target: number): unknown {
    if (target === 0) return this.options.expose;
    const entry = this.#exports?.get(target);
    if (entry) return entry.value;
    throw new RpcError("FAILED_PRECONDITION", `reference ${target} is not lent or held any more`, { delivered: "no" });
  }

  discard(result: object): void {
    // A stub is its holder's: collection gives it back.
    if (!nodeOf(result)) this.exports.discard(result);
  }
}

/** Runs `send` once the call that brings what it speaks of has left. */
function afterCall(scope: CallScope | undefined, send: () => void): void {
  if (scope) scope.follow(send);
  else send();
}
