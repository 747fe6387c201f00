import { onAbort, RpcError, rememberMeta, sendItems, withMeta } from "@portolan/protocol";
import type { StoredEvent } from "./event-history.ts";

/** What happens to an event for which a subscriber's buffer has no room. */
export type Overflow = "fail" | "drop-oldest" | "drop-newest";

/** How a subscription is kept. */
export interface SubscriptionTerms {
  readonly buffer: number;
  readonly overflow: Overflow;
  readonly signal: AbortSignal | undefined;
  /** What came before this subscription and is wanted first. */
  readonly replay: Promise<readonly StoredEvent[]> | undefined;
  /** It has ended: nothing more is to be pushed. Called once. */
  ended(): void;
}

type Waiter = { resolve(result: IteratorResult<StoredEvent, void>): void; reject(error: unknown): void };

/**
 * What one subscriber has not read yet, and the stream that gives it. Not a generator: it listens before its first
 * item is asked for. Here it gives the events, and their ids by `metaOf`; a session sends each with its id.
 */
export class Subscription implements AsyncIterableIterator<unknown, void, undefined> {
  readonly #terms: SubscriptionTerms;
  readonly #waiters: Waiter[] = [];
  #unwatch: (() => void) | undefined;
  #queue: StoredEvent[] = [];
  #replaying: boolean;
  #over = false;
  #error: unknown;

  constructor(terms: SubscriptionTerms) {
    this.#terms = terms;
    this.#replaying = terms.replay !== undefined;
    terms.replay?.then(
      (before) => this.#replayed(before),
      (error: unknown) => this.#discard(error),
    );
    sendItems(this, () => ({ next: async () => sent(await this.#pull()), return: () => this.return() }));
    if (terms.signal?.aborted) this.#discard();
    else if (terms.signal) this.#unwatch = onAbort(terms.signal, () => this.#discard());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** An event happened. */
  push(stored: StoredEvent): void {
    if (this.#over) return;
    const waiter = this.#replaying ? undefined : this.#waiters.shift();
    if (waiter) return waiter.resolve({ done: false, value: stored });
    if (this.#queue.length < this.#terms.buffer) {
      this.#queue.push(stored);
      return;
    }
    this.#overflow(stored);
  }

  async next(): Promise<IteratorResult<unknown, void>> {
    const step = await this.#pull();
    if (step.done) return step;
    const { id, event } = step.value;
    rememberMeta(this, undefined, { id });
    return { done: false, value: event };
  }

  #pull(): Promise<IteratorResult<StoredEvent, void>> {
    const stored = this.#replaying ? undefined : this.#queue.shift();
    if (stored) return Promise.resolve({ done: false, value: stored });
    if (!this.#over || this.#replaying)
      return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
    if (this.#error === undefined) return Promise.resolve({ done: true, value: undefined });
    const error = this.#error;
    this.#error = undefined;
    return Promise.reject(error);
  }

  async return(): Promise<IteratorResult<unknown, void>> {
    this.#error = undefined;
    this.#discard();
    return { done: true, value: undefined };
  }

  /** Nothing more will happen: what is buffered is still given, then the end. */
  finish(): void {
    this.#end();
  }

  /** Live events that the history gave as well are given once. */
  #replayed(before: readonly StoredEvent[]): void {
    const known = new Set(before.map(({ id }) => id));
    const live = this.#queue.filter(({ id }) => !known.has(id));
    this.#replaying = false;
    this.#queue = [...before, ...live];
    while (this.#queue.length > 0 && this.#waiters.length > 0) {
      this.#waiters.shift()?.resolve({ done: false, value: this.#queue.shift() as StoredEvent });
    }
    if (this.#over) this.#settleWaiters();
  }

  #overflow(stored: StoredEvent): void {
    const { overflow, buffer } = this.#terms;
    if (overflow === "drop-newest") return;
    if (overflow === "drop-oldest") {
      this.#queue.shift();
      this.#queue.push(stored);
      return;
    }
    // What is buffered is still given, so that a subscriber can come back behind it.
    this.#end(new RpcError("RESOURCE_EXHAUSTED", `the subscriber is more than ${buffer} events behind`));
  }

  /** Ends at once: what was buffered is not wanted, or cannot be given. */
  #discard(error?: unknown): void {
    this.#replaying = false;
    this.#queue = [];
    if (this.#over) this.#settleWaiters();
    else this.#end(error);
  }

  #end(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    this.#unwatch?.();
    this.#terms.ended();
    if (!this.#replaying) this.#settleWaiters();
  }

  #settleWaiters(): void {
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (this.#error === undefined) resolve({ done: true, value: undefined });
      else reject(this.#error);
      this.#error = undefined;
    }
  }
}

function sent(step: IteratorResult<StoredEvent, void>): IteratorResult<unknown, void> {
  return step.done ? step : { done: false, value: withMeta(step.value.event, { id: step.value.id }) };
}
