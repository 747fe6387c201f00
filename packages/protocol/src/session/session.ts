import { checkSessionOptions } from "../check-options.ts";
import type { Codec } from "../codec.ts";
import { RpcError } from "../error.ts";
import { type Delivered, type ErrorCode, errorCodes } from "../error-code.ts";
import type { Message } from "../message.ts";
import { notASource } from "../not-a-source.ts";
import { randomId } from "../random-id.ts";
import type { CloseOptions, Session, SessionOptions } from "../session-options.ts";
import { type CloseReason, closedHere, type Peer, type Transport } from "../transport.ts";
import { Carrier } from "./carrier.ts";
import { channelView, claimChannel, freeChannel, hasSessions } from "./channel.ts";
import { chooseCodec } from "./choose-codec.ts";
import { Debts } from "./debts.ts";
import { laterFailure, pendingFailure } from "./endings.ts";
import { Farewell } from "./farewell.ts";
import { Greeter } from "./greeter.ts";
import { Inbox } from "./inbox.ts";
import { Later } from "./later.ts";
import { exceeded, type Limits, limitsWith } from "./limits.ts";
import { Outbox } from "./outbox.ts";
import type { Outgoing, Ticket } from "./outgoing.ts";
import { Post } from "./post.ts";
import { Refusals } from "./refusals.ts";
import { reportFailure } from "./report-failure.ts";
import { Rooms } from "./rooms.ts";
import { StateTeller } from "./state.ts";
import type { SessionStats } from "./stats.ts";
import { Way } from "./way.ts";

const resolved = /* @__PURE__ */ Promise.resolve();

/**
 * The hall: joins the rooms of one session, hands each message to the room that
 * it is for, and ends them all together. It holds no table of its own.
 */
export class SessionHall implements Session {
  options: SessionOptions;
  readonly limits: Limits;
  readonly transport: Transport;
  readonly codec: Codec;
  readonly way: Way;
  readonly carrier: Carrier;
  readonly outbox: Outbox;
  readonly post: Post;
  readonly rooms: Rooms;
  readonly greeter: Greeter;
  readonly states: StateTeller = new StateTeller(this);
  readonly #inbox: Inbox = new Inbox(this);
  readonly #debts: Debts = new Debts(this);
  #farewell: Farewell | undefined;
  readonly #ready = new Later<void>();
  readonly #closed = new Later<CloseReason>();
  readonly #port: Transport;
  #peer: Peer;
  #ended: CloseReason | undefined;
  /** Urgent messages since the port was last writable. */
  #passed = 0;
  #refusals: Refusals | undefined;

  constructor(transport: Transport, options: SessionOptions) {
    this.options = options;
    this.limits = limitsWith(options.limits);
    this.codec = chooseCodec(options.codec ?? transport.codec, transport.traits);
    this.#port = transport;
    claimChannel(transport, options.channel ?? "");
    // Short, since shared ports carry it with every message.
    const id = randomId();
    const shared = transport.traits.shared || options.channel !== undefined;
    this.transport = shared ? channelView(transport, options.channel ?? "", id) : transport;
    this.#peer = transport.peer;
    this.way = new Way(this.transport, this.codec);
    this.rooms = new Rooms(this);
    this.carrier = new Carrier(this.transport, this.codec, this.limits, this);
    this.outbox = new Outbox(this.carrier, this);
    this.greeter = new Greeter(this, id);
    this.post = new Post(this);
    this.transport.onClose((reason) => this.end(reason));
    if (this.transport.ended) this.end(this.transport.ended);
    else this.#open();
  }

  get remote(): unknown {
    return this.rooms.rootStub;
  }

  get peer(): Peer {
    return this.#peer;
  }

  /** Whoever reads it waits for the peer, so the process stays for it as for a call. */
  get ready(): Promise<void> {
    if (this.states.now === "connecting") this.#debts.await(true);
    return this.#ready.promise;
  }

  get closed(): Promise<CloseReason> {
    return this.#closed.promise;
  }

  get ended(): CloseReason | undefined {
    return this.#ended;
  }

  get state(): Session["state"] {
    return this.states.now;
  }

  get contract(): string | undefined {
    return this.greeter.contract;
  }

  get greeted(): boolean {
    return this.greeter.greeted;
  }

  get admitted(): boolean {
    return this.greeter.admitted;
  }

  get context(): unknown {
    return this.greeter.context;
  }

  /** Messages may go before the peer's hello where the carrier keeps them. */
  get early(): boolean {
    return this.transport.traits.queues;
  }

  callsInFlight(): number {
    return this.rooms.calls.flight.inFlight;
  }

  onState(listener: (state: Session["state"]) => void): () => void {
    return this.states.on(listener);
  }

  stats(): SessionStats {
    return this.rooms.stats();
  }

  ping(): Promise<number> {
    if (this.#ended) return Promise.reject(this.refusal(0));
    return this.#debts.ping();
  }

  close({ drain = 0, reason = closedHere }: CloseOptions = {}): Promise<void> {
    return this.#leave.close(drain, { ...reason, by: "local" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get closing(): boolean {
    return this.#farewell?.begun === true;
  }

  /** Why no call can be made on `target` now, if so. While either side drains, references may still be called. */
  refusal(target: number): RpcError | undefined {
    if (this.#ended) return laterFailure(this.#ended);
    if (this.states.now === "draining" && target === 0)
      return new RpcError("UNAVAILABLE", "the session is closing", { delivered: "no" });
    if (this.post.waiting >= this.limits.queuedCalls)
      return exceeded("messages before the handshake", this.limits.queuedCalls);
    if (this.outbox.bytes <= this.limits.sendQueue || !this.carrier.blocked) return undefined;
    const message = `the port is blocked and ${this.limits.sendQueue} bytes wait to be sent`;
    return new RpcError("RESOURCE_EXHAUSTED", message, { delivered: "no" });
  }

  send(message: Message, packed?: Outgoing, size?: number): Ticket {
    // What ends with the session has nobody left to tell.
    if (this.#ended) return 0;
    this.#refusals?.see(message);
    const ticket = this.post.send(message, packed, size);
    // A peer that asks and never reads, or never says hello, makes us hold its answers: up to a point.
    const unread = this.outbox.bytes > 4 * this.limits.sendQueue && this.carrier.blocked;
    if (unread || this.post.waiting > 2 * this.limits.queuedCalls) {
      this.fail(new RpcError("RESOURCE_EXHAUSTED", "the peer does not read what it is sent"));
    }
    return ticket;
  }

  /** Sends a message that may pass others; before the handshake it waits like them. */
  sendUrgent(message: Message): void {
    // On a port that takes no more a few may pass, such as pings between fragments; the rest wait and are counted.
    const passes = !this.carrier.blocked || ++this.#passed <= this.limits.batch;
    if (this.post.waiting > 0 || !this.greeted || !passes) this.send(message);
    else if (!this.#ended) this.outbox.pushUrgent(message);
  }

  /** Reports a failure that no peer hears of. Returns what it can be found by. */
  report(error: unknown, path: readonly string[] = [], reference?: string): void {
    const place = { path, peer: this.#peer, ...(reference !== undefined && { reference }) };
    reportFailure(this.options.onError, error, place);
  }

  /** A message cannot be sent: whoever it was for is told. */
  refused(message: Message, error: unknown): void {
    this.#refusals ??= new Refusals(this);
    this.#refusals.take(message, error);
  }

  /** The peer's part of the handshake is known. */
  meet(metadata: unknown, contract: string | undefined): void {
    // By assignment, in V8, peers share their shape; by spread each of them gets one of its own.
    this.#peer = Object.assign({}, this.#peer, { metadata }, contract === undefined ? undefined : { contract });
  }

  /** Both have said hello, and the peer is let in. */
  becomeReady(): void {
    if (this.states.now === "connecting") this.states.enter("ready");
    this.#debts.await(false);
    this.#ready.resolve();
    this.post.release();
    this.rooms.dispatch.resume();
  }

  /** The peer owes us something more or less. */
  owe(by: 1 | -1): void {
    this.#debts.owe(by);
    this.checkIdle();
  }

  /** Something has ended: a drain may be over. */
  checkIdle(): void {
    this.#farewell?.checkIdle();
  }

  /** The conversation cannot go on: says why and ends. */
  fail(error: RpcError): void {
    this.#leave.fail(error);
  }

  get #leave(): Farewell {
    this.#farewell ??= new Farewell(this);
    return this.#farewell;
  }

  /** Ends everything, once. */
  end(reason: CloseReason, delivered?: Delivered): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#debts.stop();
    this.greeter.stop();
    this.post.clear();
    this.outbox.clear();
    this.carrier.close();
    const last = freeChannel(this.#port, this.options.channel ?? "");
    this.transport.close(reason);
    if (last && this.#port !== this.transport && !this.options.keepTransport) this.#port.close(reason);
    const error = pendingFailure(reason, delivered);
    this.rooms.end(error);
    this.#ready.reject(error);
    this.#debts.end(error);
    this.#farewell?.end();
    this.#closed.resolve(reason);
    this.states.enter("closed");
  }

  /**
   * For `serve`, which may come after `openSession`: what is exposed, and who is let in, is said only now. Calls that
   * arrive meanwhile wait. No part of the interface that users see.
   */
  reopen(change: (own: SessionOptions) => SessionOptions): void {
    this.options = this.rooms.options = change(this.options);
    this.greeter.admitAnew();
    this.#debts.holdAsNeeded();
  }

  #open(): void {
    this.#debts.holdAsNeeded();
    this.greeter.start();
    // Not in this turn: what came early must not run before whoever opens the session has it in hand.
    resolved.then(() => {
      if (!this.#ended) this.carrier.listen();
    });
  }

  takePong(): void {
    this.#debts.takePong();
  }

  takeGoodbye(code: string, message: string, drain: boolean): void {
    if (drain) return this.states.enter("draining");
    const known = code === "OK" || (errorCodes as readonly string[]).includes(code);
    // Messages come in order: a peer that has not said hello has run nothing of ours.
    const delivered = this.greeter.met ? "unknown" : "no";
    this.end({ code: known ? (code as ErrorCode) : "UNAVAILABLE", message, by: "remote" }, delivered);
  }

  /** Frames arrived. */
  frames(frames: readonly unknown[]): void {
    this.#debts.heard();
    this.#inbox.take(frames);
  }

  /** What arrived cannot be right. On a port that strangers use it is left alone. */
  broken(error: unknown): void {
    if (this.#ended) return;
    const known = RpcError.is(error)
      ? error
      : new RpcError("PROTOCOL_ERROR", "a message could not be read", { cause: error });
    if (this.transport.traits.shared) return;
    const fatal = known.code === "RESOURCE_EXHAUSTED" || known.code === "DATA_LOSS" ? known.code : "PROTOCOL_ERROR";
    this.fail(new RpcError(fatal, known.message, { cause: known }));
  }

  /** The port takes more again. */
  writable(): void {
    this.#passed = 0;
    this.outbox.flush();
    this.rooms.pump();
  }
}

/** Opens a session on a transport. Throws a TypeError for what is none, and for options that cannot work. */
export function openSession<Api = unknown>(transport: Transport, options: SessionOptions = {}): Session<Api> {
  if (!("traits" in Object(transport))) throw notASource(transport, "a Transport");
  try {
    checkSessionOptions(options);
    // Only the user knows what the other side exposes.
    return new SessionHall(transport, options) as unknown as Session<Api>;
  } catch (error) {
    // A worker or socket that was made for this session alone must not stay behind.
    if (!hasSessions(transport)) transport.close();
    throw error;
  }
}
