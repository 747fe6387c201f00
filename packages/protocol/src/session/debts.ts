import type { RpcError } from "../error.ts";
import { Kind, type Message } from "../message.ts";
import type { SessionOptions } from "../session-options.ts";
import type { CloseReason, Transport } from "../transport.ts";
import { Liveness, type LivenessOwner } from "./liveness.ts";
import { Pings } from "./pings.ts";
import type { StateTeller } from "./state.ts";

/** What debts need of their session. */
export interface DebtsOwner {
  readonly options: SessionOptions;
  readonly transport: Transport;
  readonly states: StateTeller;
  sendUrgent(message: Message): void;
  end(reason: CloseReason): void;
}

/** What the peer owes us: while it owes anything it is asked whether it lives, and our process stays. */
export class Debts implements LivenessOwner {
  readonly #owner: DebtsOwner;
  #liveness: Liveness | undefined;
  #pings: Pings | undefined;
  /** Somebody waits for the peer to say hello. */
  #awaited = false;
  #held: boolean | undefined;

  constructor(owner: DebtsOwner) {
    this.#owner = owner;
  }

  /** The peer owes us something more or less. */
  owe(by: 1 | -1): void {
    this.#liveness ??= new Liveness(this, this.#owner.options.heartbeat || {});
    const before = this.#liveness.owed;
    this.#liveness.owe(by);
    if (before !== this.#liveness.owed) this.holdAsNeeded();
  }

  /** Somebody waits for the peer, or nobody does any more. */
  await(awaited: boolean): void {
    if (awaited === this.#awaited) return;
    this.#awaited = awaited;
    this.holdAsNeeded();
  }

  /** The process must not end under us while something is served, awaited or owed. */
  holdAsNeeded(): void {
    const { stay, expose } = this.#owner.options;
    const busy = (stay ?? expose !== undefined) || this.#awaited || this.#liveness?.owed === true;
    if (busy === this.#held) return;
    this.#held = busy;
    this.#owner.transport.hold(busy);
  }

  /** Anything at all arrived. */
  heard(): void {
    this.#liveness?.heard();
  }

  /** Asks for an answer, whatever else goes on. Resolves with the milliseconds until it came. */
  ping(): Promise<number> {
    this.owe(1);
    this.#pings ??= new Pings();
    return this.#pings.ask((number) => this.#ask(number));
  }

  /** A ping was answered. */
  takePong(): void {
    if (this.#pings?.answered()) this.owe(-1);
  }

  /** Nothing is owed any more. */
  stop(): void {
    this.#liveness?.stop();
  }

  /** No answer will come any more. */
  end(error: RpcError): void {
    this.#pings?.end(error);
  }

  get announcesDeath(): boolean {
    return this.#owner.transport.traits.announcesDeath || !this.#watches;
  }

  askAfter(number: number): void {
    if (this.#watches) this.#ask(number);
  }

  unresponsive(is: boolean): void {
    if (this.#watches) this.#owner.states.enter(is ? "unresponsive" : "ready");
  }

  silent(silence: number): void {
    const message = `the other side was silent for ${silence} ms`;
    this.#owner.end({ code: "UNAVAILABLE", message, by: "platform" });
  }

  get #watches(): boolean {
    return this.#owner.options.heartbeat !== false;
  }

  #ask(number: number): void {
    this.#owner.sendUrgent([Kind.ping, number]);
  }
}
