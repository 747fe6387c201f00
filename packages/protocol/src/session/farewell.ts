import { after } from "../after.ts";
import type { RpcError } from "../error.ts";
import { Kind, type Message } from "../message.ts";
import type { CloseReason } from "../transport.ts";
import type { Carrier } from "./carrier.ts";
import type { Outbox } from "./outbox.ts";
import type { StateTeller } from "./state.ts";

/** What taking leave needs of its session. */
export interface FarewellOwner {
  readonly carrier: Carrier;
  readonly outbox: Outbox;
  readonly states: StateTeller;
  /** Our own hello has left, so that other messages may follow. */
  readonly greeted: boolean;
  readonly ended: CloseReason | undefined;
  /** Nothing is under way, in either direction. */
  readonly rooms: { readonly idle: boolean };
  send(message: Message): void;
  end(reason: CloseReason): void;
}

/** Takes leave of the peer: lets what is under way finish, says goodbye, ends. */
export class Farewell {
  readonly #owner: FarewellOwner;
  #closing: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  constructor(owner: FarewellOwner) {
    this.#owner = owner;
  }

  /** This side closes, or has closed. */
  get begun(): boolean {
    return this.#closing !== undefined;
  }

  /** Closes, once, after at most `drain` milliseconds for what is under way. */
  close(drain: number, reason: CloseReason): Promise<void> {
    this.#closing ??= this.#close(drain, reason);
    return this.#closing;
  }

  /** The conversation cannot go on: says why and ends. */
  fail(error: RpcError): void {
    this.#say({ code: error.code, message: error.message, by: "local", cause: error });
  }

  /** Something has ended: a drain may be over. */
  checkIdle(): void {
    if (this.#idle && this.#owner.rooms.idle) this.#idle();
  }

  /** The session has ended: a drain is over. */
  end(): void {
    this.#idle?.();
  }

  async #close(drain: number, reason: CloseReason): Promise<void> {
    const owner = this.#owner;
    if (drain > 0 && !owner.ended && !owner.rooms.idle) await this.#drain(drain);
    this.#say(reason);
  }

  #drain(limit: number): Promise<void> {
    this.#owner.states.enter("draining");
    this.#owner.send([Kind.goodbye, "OK", "the other side is closing", 1]);
    return new Promise((resolve) => {
      const timer = after(limit, () => this.#idle?.());
      this.#idle = () => {
        this.#idle = undefined;
        clearTimeout(timer);
        // What was answered in this turn goes out before the goodbye.
        resolve();
      };
      this.checkIdle();
    });
  }

  /** Sends what is queued, says goodbye, ends. */
  #say(reason: CloseReason): void {
    const { ended, greeted, carrier, outbox } = this.#owner;
    if (ended) return;
    if (greeted || reason.code !== "OK") {
      try {
        const goodbye: Message = [Kind.goodbye, reason.code, reason.message.slice(0, 1024)];
        carrier.markPlain(goodbye);
        outbox.push(goodbye);
        outbox.flush();
      } catch {
        // The port is gone: nobody is left to be told.
      }
    }
    this.#owner.end(reason);
  }
}
