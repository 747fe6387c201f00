import type { RpcError } from "../error.ts";
import type { CallMessage } from "../message.ts";
import { CallQueue } from "./call-queue.ts";
import { IdTable } from "./id-table.ts";
import type { Link } from "./link.ts";
import type { PendingCall } from "./pending-call.ts";

/**
 * Calls of ours that have been sent, at most as many as the peer grants, and those that
 * wait for a place. A call stays here until its streams have ended; it is in flight until
 * it is answered, and one function takes it out.
 */
export class Flight {
  readonly #link: Link;
  readonly #left: (pending: PendingCall) => void;
  readonly #calls = new IdTable<PendingCall>();
  readonly #queue: CallQueue;
  /** Calls in flight that we want at most, whatever the peer grants. */
  readonly #cap: number;
  #granted: number;
  #inFlight = 0;

  /**
   * @param granted calls in flight until the peer has said how many it grants.
   * @param left hears of each call that others are tied to, once it is on its way.
   */
  constructor(link: Link, granted: number, left: (pending: PendingCall) => void) {
    const { concurrency = Number.POSITIVE_INFINITY } = link.options;
    if (!(concurrency >= 1)) throw new TypeError(`expected concurrency to be at least 1, got ${concurrency}`);
    this.#link = link;
    this.#left = left;
    this.#cap = concurrency;
    this.#granted = Math.min(granted, concurrency);
    this.#queue = new CallQueue(link.limits.queuedCalls);
  }

  /** Calls sent and not answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Calls that wait for a free place over there. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Calls sent whose scope goes on: unanswered, or with streams. */
  get size(): number {
    return this.#calls.size;
  }

  /** Why no call can wait any more, if so. */
  get refusal(): RpcError | undefined {
    return this.#queue.refusal;
  }

  /** The peer has said how many calls it grants. */
  grant(calls: number): void {
    this.#granted = Math.min(calls, this.#cap);
    this.#sendQueued();
  }

  /** Sends a call, now or when there is a place for it. */
  admit(pending: PendingCall): void {
    if (this.#queue.length > 0 || this.#inFlight >= this.#granted) this.#queue.push(pending);
    else this.#send(pending);
  }

  /** Sends a notification in its turn. Throws RESOURCE_EXHAUSTED when too many wait behind calls. */
  sendBehind(send: () => void): void {
    this.#queue.sendBehind(send);
  }

  /** A call that has been sent. */
  sent(id: number): PendingCall | undefined {
    return this.#calls.get(id);
  }

  /** A call that has been sent or waits. */
  find(id: number): PendingCall | undefined {
    return this.#calls.get(id) ?? this.#queue.find(id);
  }

  all(): PendingCall[] {
    return [...this.#calls.values(), ...this.#queue.all()];
  }

  /** Marks a call as answered, once; it stays while it is `open`. The only way out of flight. */
  answer(id: number, open: boolean): PendingCall | undefined {
    const pending = this.#calls.get(id);
    if (!pending || pending.answered) return undefined;
    pending.lighten();
    if (!open) this.end(pending);
    this.#inFlight--;
    if (this.#queue.length > 0) this.#sendQueued();
    if (this.#inFlight === 0) this.#link.owe(-1);
    return pending;
  }

  /** Ends the scope of an answered call. */
  end(pending: PendingCall): void {
    this.#calls.delete(pending.id);
    pending.end();
  }

  /** Takes a call back that is still here. Says whether it was. */
  takeBack(pending: PendingCall): boolean {
    return this.#queue.remove(pending) || (pending.ticket !== undefined && this.#link.takeBack(pending.ticket));
  }

  /** Forgets every call. Returns them. */
  clear(): PendingCall[] {
    const all = [...this.#calls.values(), ...this.#queue.clear()];
    this.#calls.clear();
    this.#inFlight = 0;
    return all;
  }

  #sendQueued(): void {
    while (this.#queue.length > 0 && this.#inFlight < this.#granted) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#send(next);
      this.#queue.sendThoseBehind(next);
    }
  }

  #send(pending: PendingCall): void {
    this.#calls.add(pending);
    if (++this.#inFlight === 1) this.#link.owe(1);
    pending.ticket = this.#link.send(pending.message as CallMessage, pending.packed, pending.size);
    pending.packed = undefined;
    if (pending.ties) this.#left(pending);
  }
}
