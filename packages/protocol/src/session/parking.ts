import { type CallMessage, earlyCalls, Kind, type NotifyMessage } from "../message.ts";
import type { FollowUp, Link } from "./link.ts";

type Arrival = CallMessage | NotifyMessage;

/** Calls of the peer's that wait to start, and what may speak of them: in order, and bounded. */
export class Parking {
  readonly #link: Link;
  #waiting: Arrival[] = [];
  #calls = 0;
  /** What may speak of calls that are parked. */
  #followUps: FollowUp[] = [];
  /** Results that are not wanted any more, unless by calls that are parked. */
  #releases: Set<number> | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Keeps a call or a notification for later. Says whether there was room. */
  park(message: Arrival): boolean {
    const isCall = message[0] === Kind.call;
    const room = isCall ? this.#calls < earlyCalls : this.#waiting.length - this.#calls < this.#link.limits.queuedCalls;
    if (room) this.#waiting.push(message);
    if (room && isCall) this.#calls++;
    return room;
  }

  first(): Arrival | undefined {
    return this.#remove(0);
  }

  /** Takes call `id` out, if it is here. */
  take(id: number): Arrival | undefined {
    const at = this.#waiting.findIndex((message) => message[0] === Kind.call && message[1] === id);
    return at < 0 ? undefined : this.#remove(at);
  }

  /**
   * Keeps what may speak of a call that is parked: it is heeded once that call has
   * started. Says whether any is parked. Beyond the limit for references it is dropped.
   */
  defer(message: FollowUp): boolean {
    if (this.#waiting.length === 0) return false;
    if (this.#followUps.length < this.#link.limits.references) this.#followUps.push(message);
    return true;
  }

  /** A parked call has started: what speaks of what it brought can be heeded, and all when none is parked. */
  heed(): void {
    if (this.#followUps.length === 0) return;
    const waiting = this.#followUps;
    this.#followUps = [];
    for (const message of waiting) {
      if (this.#waiting.length === 0 || this.#link.knows(message)) this.#link.followUp(message);
      else this.#followUps.push(message);
    }
  }

  /** The result of call `id` is wanted by parked calls at most. Says whether it is to be kept for those. */
  release(id: number): boolean {
    if (this.#waiting.length === 0) return false;
    this.#releases ??= new Set();
    if (this.#releases.size >= this.#link.limits.references) return false;
    this.#releases.add(id);
    return true;
  }

  /** Results that were kept for parked calls, of which none is left. */
  released(): Iterable<number> {
    const released = this.#releases ?? [];
    this.#releases = undefined;
    return released;
  }

  clear(): void {
    this.#waiting = [];
    this.#followUps = [];
    this.#calls = 0;
    this.#releases = undefined;
  }

  #remove(at: number): Arrival | undefined {
    const [message] = this.#waiting.splice(at, 1);
    if (message?.[0] === Kind.call) this.#calls--;
    return message;
  }
}
