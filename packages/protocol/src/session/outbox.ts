import { Kind, type Message } from "../message.ts";

/** What the outbox puts its frames on. */
export interface OutboxCarrier {
  /** True while the port would rather not take more. */
  readonly blocked: boolean;
  /** Sends one message, or a batch. Throws what the platform throws when it refuses. */
  sendFrame(frame: Message | readonly Message[], transfer: readonly object[]): void;
}

/** What the outbox asks of its session. */
export interface OutboxOwner {
  /** Our calls that the peer has not answered: batches are cut by it. */
  callsInFlight(): number;
  /** The platform refused this one message. */
  refused(message: Message, error: unknown): void;
}

const resolved = Promise.resolve();

/** Most calls, and most messages of any kind, in one batch. */
const maxCallsInBatch = 64;
const maxBatch = 512;

/** Messages of one batch hold no more than this, so that one large one does not delay the rest. */
const maxBatchBytes = 256 * 1024;

/**
 * Messages that arise together travel together. A turn's messages leave in a
 * microtask, cut into batches of a quarter of the calls in flight, so that both
 * sides stay busy: whole turns as one message would make them wait for each other.
 */
export class Outbox {
  readonly #carrier: OutboxCarrier;
  readonly #owner: OutboxOwner;
  #messages: (Message | null)[] = [];
  #transfers: (readonly object[] | undefined)[] = [];
  #sizes: number[] = [];
  #urgent: Message[] = [];
  /** The number of the first message in the queue. */
  #first = 0;
  #bytes = 0;
  #scheduled = false;
  #started = 0;

  constructor(carrier: OutboxCarrier, owner: OutboxOwner) {
    this.#carrier = carrier;
    this.#owner = owner;
  }

  get messages(): number {
    return this.#messages.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Queues a message; returns its number, by which it can be taken back until it has left. */
  push(message: Message, size = 32, transfer?: readonly object[]): number {
    this.#messages.push(message);
    this.#transfers.push(transfer);
    this.#sizes.push(size);
    this.#bytes += size;
    this.#schedule();
    return this.#first + this.#messages.length - 1;
  }

  /** Sends a message ahead of all that wait: only ping, pong, credit and cancel may pass others. */
  pushUrgent(message: Message): void {
    this.#urgent.push(message);
    this.#schedule();
  }

  /** True once the message with this number has left. */
  hasLeft(number: number): boolean {
    return number < this.#first;
  }

  /** Takes a message back. Says whether it was still here. */
  takeBack(number: number): boolean {
    const at = number - this.#first;
    if (at < 0 || !this.#messages[at]) return false;
    this.#messages[at] = null;
    return true;
  }

  /** Sends what has waited longer than a millisecond within one turn, as a CPU-bound handler's progress does. */
  flushIfLate(): void {
    if (this.#messages.length > 0 && performance.now() - this.#started > 1) this.flush();
  }

  /** Sends all that may be sent now. */
  flush(): void {
    this.#scheduled = false;
    if (this.#urgent.length > 0) this.#sendUrgent();
    while (this.#messages.length > 0 && !this.#carrier.blocked) this.#sendBatch();
  }

  clear(): void {
    this.#first += this.#messages.length;
    this.#messages = [];
    this.#transfers = [];
    this.#sizes = [];
    this.#urgent = [];
    this.#bytes = 0;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#started = performance.now();
    // A resolved promise, not queueMicrotask: a third of its cost.
    resolved.then(() => this.flush());
  }

  #sendUrgent(): void {
    const urgent = this.#urgent;
    this.#urgent = [];
    this.#send(urgent, []);
  }

  #sendBatch(): void {
    const count = this.#cut();
    const messages = this.#messages.splice(0, count);
    const transfers = this.#transfers.splice(0, count);
    for (const size of this.#sizes.splice(0, count)) this.#bytes -= size;
    this.#first += count;
    this.#send(messages, transfers);
  }

  /** How many messages the next batch takes. */
  #cut(): number {
    const most = Math.min(maxCallsInBatch, Math.max(1, Math.ceil(this.#owner.callsInFlight() / 4)));
    let calls = 0;
    let bytes = 0;
    let count = 0;
    for (const message of this.#messages) {
      if (message?.[0] === Kind.call && ++calls > most) break;
      bytes += this.#sizes[count] ?? 0;
      if (count > 0 && bytes > maxBatchBytes) break;
      if (++count === maxBatch) break;
    }
    return Math.max(1, count);
  }

  #send(messages: readonly (Message | null)[], transfers: readonly (readonly object[] | undefined)[]): void {
    const present = messages.filter((message) => message !== null);
    const [only] = present;
    if (!only) return;
    const transfer = transfers.some(Boolean) ? transfers.flatMap((list, at) => (messages[at] && list) || []) : [];
    try {
      this.#carrier.sendFrame(present.length === 1 ? only : present, transfer);
    } catch (error) {
      if (present.length === 1) this.#owner.refused(only, error);
      else this.#sendHalves(messages, transfers);
    }
  }

  /** The platform refused the batch because of one message in it: find that one, send the others. */
  #sendHalves(messages: readonly (Message | null)[], transfers: readonly (readonly object[] | undefined)[]): void {
    const middle = messages.length >> 1;
    this.#send(messages.slice(0, middle), transfers.slice(0, middle));
    this.#send(messages.slice(middle), transfers.slice(middle));
  }
}
