import { Kind, type Message } from "../message.ts";

/** What the outbox puts its frames on. */
export interface OutboxCarrier {
  /** True while the port would rather not take more. */
  readonly blocked: boolean;
  /** Sends messages as one; `bytes` is about what they are, and no less. Throws what the platform throws when it refuses. */
  sendMessages(messages: readonly Message[], transfer: readonly object[], bytes: number): void;
}

/** What the outbox asks of its session. */
export interface OutboxOwner {
  /** Our calls that the peer has not answered: batches are cut by it. */
  callsInFlight(): number;
  /** The platform refused this one message. */
  refused(message: Message, error: unknown): void;
}

const resolved = /* @__PURE__ */ Promise.resolve();

/**
 * Most calls, and most messages of any kind, in one batch. With a thousand calls in flight a quarter of them in each
 * costs a quarter less processor time than 64 in each.
 */
const maxCallsInBatch = 256;
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
  /** Lists that are empty are one for all: thousands of idle sessions keep none. */
  #messages: (Message | null)[] = empty;
  #sizes: number[] = empty;
  /** What messages move; most move nothing. */
  #transfers: Map<Message, readonly object[]> | undefined;
  #urgent: Message[] = empty;
  /** The number of the first message in the queue. */
  #first = 0;
  #bytes = 0;
  #scheduled = false;
  /** When a handler first added to what waits; 0 before. */
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
    if (this.#messages.length === 0) {
      this.#messages = [message];
      this.#sizes = [size];
    } else {
      this.#messages.push(message);
      this.#sizes.push(size);
    }
    if (transfer) this.#transfers = (this.#transfers ?? new Map()).set(message, transfer);
    this.#bytes += size;
    if (!this.#scheduled) this.#schedule();
    return this.#first + this.#messages.length - 1;
  }

  /** Sends a message ahead of all that wait: only ping, pong, credit and cancel may pass others. */
  pushUrgent(message: Message): void {
    if (this.#urgent.length === 0) this.#urgent = [];
    this.#urgent.push(message);
    if (!this.#scheduled) this.#schedule();
  }

  /** True once the message with this number has left. */
  hasLeft(number: number): boolean {
    return number < this.#first;
  }

  /** Takes a message back. Says whether it was still here. */
  takeBack(number: number): boolean {
    const at = number - this.#first;
    const message = this.#messages[at];
    if (at < 0 || !message) return false;
    this.#messages[at] = null;
    this.#transfers?.delete(message);
    return true;
  }

  /** Sends what has waited longer than a millisecond within one turn, as a CPU-bound handler's progress does. */
  flushIfLate(): void {
    if (this.#messages.length === 0) return;
    const now = performance.now();
    if (this.#started === 0) this.#started = now;
    else if (now - this.#started > 1) this.flush();
  }

  /** Sends all that may be sent now. */
  flush(): void {
    this.#scheduled = false;
    if (this.#urgent.length > 0) this.#sendUrgent();
    while (this.#messages.length > 0 && !this.#carrier.blocked) this.#sendBatch();
  }

  clear(): void {
    this.#first += this.#messages.length;
    this.#messages = empty;
    this.#sizes = empty;
    this.#urgent = empty;
    this.#transfers = undefined;
    this.#bytes = 0;
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#started = 0;
    // A resolved promise, not queueMicrotask: a third of its cost.
    resolved.then(this.#flushLater);
  }

  readonly #flushLater = (): void => this.flush();

  #sendUrgent(): void {
    const urgent = this.#urgent;
    this.#urgent = empty;
    for (let at = 0; at < urgent.length; at += maxBatch) this.#send(urgent.slice(at, at + maxBatch), 0);
  }

  #sendBatch(): void {
    const before = this.#bytes;
    const count = this.#cut();
    const whole = count === this.#messages.length;
    const batch = whole ? this.#messages : this.#messages.splice(0, count);
    if (whole) this.#messages = empty;
    if (whole) this.#sizes = empty;
    else this.#sizes.splice(0, count);
    this.#first += count;
    this.#send(batch, before - this.#bytes);
  }

  /** How many messages the next batch takes; their bytes are off the queue. */
  #cut(): number {
    if (this.#messages.length === 1) {
      this.#bytes -= this.#sizes[0] ?? 0;
      return 1;
    }
    const most = Math.min(maxCallsInBatch, Math.max(1, Math.ceil(this.#owner.callsInFlight() / 4)));
    const messages = this.#messages;
    const end = Math.min(messages.length, maxBatch);
    let calls = 0;
    let bytes = 0;
    let count = 0;
    while (count < end) {
      if (messages[count]?.[0] === Kind.call && ++calls > most) break;
      const size = this.#sizes[count] ?? 0;
      if (count > 0 && bytes + size > maxBatchBytes) break;
      bytes += size;
      count++;
    }
    this.#bytes -= bytes;
    return count;
  }

  #send(batch: readonly (Message | null)[], bytes: number): void {
    // What was taken back has left a gap.
    const messages = batch.includes(null) ? batch.filter((message) => message !== null) : (batch as readonly Message[]);
    const only = messages[0];
    if (!only) return;
    try {
      this.#carrier.sendMessages(messages, this.#transfersOf(messages), bytes);
      if (this.#transfers) for (const message of messages) this.#transfers.delete(message);
    } catch (error) {
      if (messages.length > 1) return this.#sendHalves(messages, bytes);
      this.#transfers?.delete(only);
      this.#owner.refused(only, error);
    }
  }

  #transfersOf(messages: readonly Message[]): readonly object[] {
    return this.#transfers?.size ? messages.flatMap((message) => this.#transfers?.get(message) ?? empty) : empty;
  }

  /** The platform refused the batch because of one message in it: find that one, send the others. */
  #sendHalves(messages: readonly Message[], bytes: number): void {
    const middle = messages.length >> 1;
    this.#send(messages.slice(0, middle), bytes);
    this.#send(messages.slice(middle), bytes);
  }
}

/** Never written to. */
const empty: never[] = [];
