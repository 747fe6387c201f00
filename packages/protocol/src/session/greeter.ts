import { after } from "../after.ts";
import type { Codec } from "../codec.ts";
import { RpcError } from "../error.ts";
import { isThenable } from "../is-thenable.ts";
import type { HelloMessage, Message } from "../message.ts";
import type { Session, SessionOptions } from "../session-options.ts";
import type { Transport } from "../transport.ts";
import type { Calls } from "./calls.ts";
import type { Carrier } from "./carrier.ts";
import { mismatch, readMetadata, writeHello } from "./hello.ts";
import type { Limits } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import { unref } from "./unref.ts";
import type { Way } from "./way.ts";

/** What greeting needs of its session. */
export interface GreeterOwner extends Session {
  readonly options: SessionOptions;
  readonly transport: Transport;
  readonly codec: Codec;
  readonly limits: Limits;
  readonly way: Way;
  readonly carrier: Carrier;
  readonly outbox: Outbox;
  readonly rooms: { readonly calls: Calls };
  readonly post: { release(): void };
  meet(metadata: unknown, contract: string | undefined): void;
  becomeReady(): void;
  fail(error: RpcError): void;
}

/** How often a hello is repeated where it may have been lost, in milliseconds: the first wait and the longest. */
const firstRepeat = 20;
const longestRepeat = 1000;

/**
 * The handshake: says hello, hears the peer's, and lets the peer in. A side that
 * checks who comes says its own hello only then, so that an honest peer sends few
 * calls before.
 */
export class Greeter {
  readonly #owner: GreeterOwner;
  readonly #session: string;
  #greeted = false;
  #metadata: unknown;
  /** Our metadata is there. */
  #prepared = false;
  #met: string | undefined;
  #admitted = false;
  #context: unknown;
  #contract: string | undefined;
  #repeat: unknown;
  #limit: unknown;
  #patience: unknown;
  #stopped = false;

  constructor(owner: GreeterOwner, session: string) {
    this.#owner = owner;
    this.#session = session;
  }

  /** Our hello has left. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** The peer has said hello, or speaks a protocol that has none. */
  get met(): boolean {
    return this.#met !== undefined || this.#owner.codec.greets === false;
  }

  /** The peer may call. */
  get admitted(): boolean {
    return this.#admitted;
  }

  get context(): unknown {
    return this.#context;
  }

  get contract(): string | undefined {
    return this.#contract;
  }

  start(): void {
    const { options, transport, limits, codec } = this.#owner;
    if (codec.greets === false) return this.#skip();
    if (transport.traits.network) this.#limit = after(limits.handshake, () => this.#late());
    if (options.admit) this.#beginAfterAll();
    void this.#prepare(options.metadata);
  }

  /** Takes the peer's hello. */
  take(hello: HelloMessage): void {
    const [, , body] = hello;
    const { transport, codec, way, carrier, rooms, limits } = this.#owner;
    if (this.#met !== undefined) return this.#again(body.session, body.answer === true);
    const error = mismatch(hello, codec);
    if (error) return this.#owner.fail(error);
    this.#met = body.session;
    this.#contract = body.contract;
    this.#stopClocks();
    way.learn(body);
    if (body.maxMessage > 0) carrier.wayLimit = Math.min(carrier.wayLimit, body.maxMessage);
    if (body.accepts > 0) carrier.peerAccepts = body.accepts;
    rooms.calls.flight.grant(body.calls);
    this.#owner.meet(readMetadata(body, limits.metadata), body.contract);
    if (transport.traits.shared && body.answer !== true && this.#greeted) this.#sendHello(true);
    if (this.#owner.options.admit) void this.#admit(this.#owner.options.admit);
    else this.#letIn();
  }

  /** Others decide now whom to let in. A peer that has said hello is asked about again. */
  admitAnew(): void {
    const { options, codec } = this.#owner;
    if (this.#stopped || !options.admit) return;
    if (this.#met === undefined && codec.greets !== false) return this.#greeted ? undefined : this.#beginAfterAll();
    this.#admitted = false;
    void this.#admit(options.admit);
  }

  stop(): void {
    this.#stopped = true;
    this.#stopClocks();
  }

  /**
   * Who checks waits for the peer to begin; but on a port between two that both check, such as two linked frames,
   * somebody has to. Elsewhere it is clear who dialled, or the other side repeats its hello.
   */
  #beginAfterAll(): void {
    const { queues, shared, network, oneExchange } = this.#owner.transport.traits;
    if (!queues || shared || network || oneExchange) return;
    const begin = () => {
      if (this.#prepared) this.#greet();
    };
    this.#patience = setTimeout(begin, firstRepeat);
    unref(this.#patience);
  }

  /** A stranger's protocol knows no hello: everything is as the transport says. */
  #skip(): void {
    this.#greeted = true;
    this.#admitted = true;
    this.#owner.becomeReady();
  }

  async #prepare(metadata: unknown): Promise<void> {
    try {
      const value: unknown = typeof metadata === "function" ? metadata() : metadata;
      // Without an await for plain values: hello leaves in the turn that opens the session.
      this.#metadata = isThenable(value) ? await value : value;
      this.#prepared = true;
      if (!this.#owner.options.admit) this.#greet();
      else if (this.#admitted) this.#letIn();
    } catch (thrown) {
      this.#owner.fail(RpcError.from(thrown, "INTERNAL", "no"));
    }
  }

  #greet(): void {
    if (this.#stopped || this.#greeted) return;
    this.#sendHello(this.#met !== undefined);
    this.#owner.post.release();
    const { queues, shared } = this.#owner.transport.traits;
    if (this.#met === undefined && (!queues || shared)) this.#repeatAfter(firstRepeat);
    if (this.#met !== undefined && this.#admitted) this.#owner.becomeReady();
  }

  #sendHello(answer: boolean): void {
    const { transport, codec, limits, options, outbox } = this.#owner;
    const metadata = this.#metadata;
    const greeting = { session: this.#session, transport, codec, limits, metadata, contract: options.contract };
    const hello: Message = writeHello(greeting, answer);
    this.#greeted = true;
    this.#owner.carrier.markPlain(hello);
    outbox.push(hello);
  }

  #repeatAfter(wait: number): void {
    this.#repeat = setTimeout(() => {
      this.#sendHello(false);
      this.#repeatAfter(Math.min(wait * 2, longestRepeat));
    }, wait);
    unref(this.#repeat);
  }

  #stopClocks(): void {
    for (const timer of [this.#limit, this.#patience, this.#repeat]) clearTimeout(timer);
    this.#limit = this.#patience = this.#repeat = undefined;
  }

  /** The peer says hello again because it has not heard ours. */
  #again(session: string, answer: boolean): void {
    if (session !== this.#met) throw new RpcError("PROTOCOL_ERROR", "a second hello, from another session");
    // A port that takes no more has our hello in its queue already.
    if (!answer && this.#greeted && !this.#owner.carrier.blocked) this.#sendHello(true);
  }

  async #admit(admit: (session: Session) => unknown): Promise<void> {
    try {
      this.#context = await admit(this.#owner);
      this.#admitted = true;
      if (this.#prepared || this.#greeted) this.#letIn();
    } catch (thrown) {
      this.#owner.fail(
        RpcError.is(thrown) ? thrown : new RpcError("PERMISSION_DENIED", "this peer is not let in", { cause: thrown }),
      );
    }
  }

  #letIn(): void {
    this.#admitted = true;
    if (this.#stopped) return;
    this.#greet();
    if (this.#greeted) this.#owner.becomeReady();
  }

  #late(): void {
    const { handshake } = this.#owner.limits;
    this.#owner.fail(new RpcError("DEADLINE_EXCEEDED", `no hello within ${handshake} ms`, { delivered: "no" }));
  }
}
