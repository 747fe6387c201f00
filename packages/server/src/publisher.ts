import { RpcError } from "@portolan/protocol";
import { type EventHistory, memoryHistory, type StoredEvent } from "./event-history.ts";
import { type Overflow, Subscription } from "./subscription.ts";

/** How a publisher keeps its subscribers. */
export interface PublisherOptions {
  /** Events that wait for one subscriber, at most. Default 256. */
  readonly buffer?: number;
  /**
   * What happens to an event for which there is no room: `"fail"` ends that
   * subscriber's stream with RESOURCE_EXHAUSTED once it has read what waits, so that it
   * can come back `after` that; `"drop-oldest"` and `"drop-newest"` lose one and say
   * nothing. Default `"fail"`.
   */
  readonly overflow?: Overflow;
  /** What subscribers that come back are told from. Default `memoryHistory()`, the last 1 000 events. */
  readonly history?: EventHistory;
}

/** How a topic is subscribed to. */
export interface SubscribeOptions {
  /** Ends the subscription; in a handler, the call's. */
  readonly signal?: AbortSignal;
  /** The id of the last event that was seen: what came after it comes first. */
  readonly after?: string | undefined;
}

/** Events by topic. `Events` maps each topic to the type of its events. */
export interface Publisher<Events> {
  /**
   * Tells every subscriber of a topic, and the history. Resolves when the history has
   * it; rejects with the history's error, and then nobody is told.
   */
  publish<Topic extends keyof Events & string>(topic: Topic, event: Events[Topic]): Promise<void>;
  /**
   * The events of a topic from now on, as a stream for a handler to return, or to read here. Each has
   * an id, which a client reads with `metaOf` and gives back as `after`; a generator of yours that passes on some of them
   * keeps it by `yield withMeta(event, metaOf(stream) ?? {})`. The stream fails with DATA_LOSS when the history does not reach back that far.
   */
  subscribe<Topic extends keyof Events & string>(
    topic: Topic,
    options?: SubscribeOptions,
  ): AsyncIterableIterator<Events[Topic], void, undefined>;
  /** How many subscribe now. */
  readonly subscribers: number;
  /** Ends every subscription, once it has been read. */
  close(): void;
}

/** Makes a publisher: `const events = publisher<{ joined: { user: string } }>()`. */
export function publisher<Events>(options: PublisherOptions = {}): Publisher<Events> {
  return new Topics(options) as Publisher<Events>;
}

class Topics implements Publisher<Record<string, unknown>> {
  readonly #buffer: number;
  readonly #overflow: Overflow;
  readonly #history: EventHistory;
  readonly #topics = new Map<string, Set<Subscription>>();
  /** Set while a history takes its time: events stay in order. */
  #before: Promise<unknown> | undefined;

  constructor({ buffer = 256, overflow = "fail", history = memoryHistory() }: PublisherOptions) {
    if (!["fail", "drop-oldest", "drop-newest"].includes(overflow))
      throw new TypeError(`expected overflow to be "fail", "drop-oldest" or "drop-newest", got ${String(overflow)}`);
    if (!(buffer >= 1)) throw new TypeError(`expected buffer to be at least 1, got ${buffer}`);
    this.#buffer = buffer;
    this.#overflow = overflow;
    this.#history = history;
  }

  get subscribers(): number {
    let count = 0;
    for (const subscriptions of this.#topics.values()) count += subscriptions.size;
    return count;
  }

  async publish(topic: string, event: unknown): Promise<void> {
    if (this.#before) return this.#inOrder(() => this.#append(topic, event));
    const id = this.#history.append(topic, event);
    if (typeof id === "string") return this.#tell(topic, { id, event });
    return this.#inOrder(async () => this.#tell(topic, { id: await id, event }));
  }

  subscribe(topic: string, { signal, after }: SubscribeOptions = {}): Subscription {
    const subscriptions = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, subscriptions);
    const subscription: Subscription = new Subscription({
      buffer: this.#buffer,
      overflow: this.#overflow,
      signal,
      replay: after === undefined ? undefined : this.#replay(topic, after),
      ended: () => queueMicrotask(() => this.#forget(topic, subscription)),
    });
    subscriptions.add(subscription);
    return subscription;
  }

  close(): void {
    for (const subscriptions of this.#topics.values()) for (const each of subscriptions) each.finish();
  }

  async #append(topic: string, event: unknown): Promise<void> {
    this.#tell(topic, { id: await this.#history.append(topic, event), event });
  }

  #inOrder(run: () => Promise<void>): Promise<void> {
    const done = (this.#before ?? Promise.resolve()).then(run);
    const settled = done.catch(() => {
      // Whoever published it is told; the next one goes on.
    });
    this.#before = settled;
    settled.then(() => {
      if (this.#before === settled) this.#before = undefined;
    });
    return done;
  }

  async #replay(topic: string, after: string): Promise<readonly StoredEvent[]> {
    const stored = await this.#history.after(topic, after);
    if (stored) return stored;
    throw new RpcError("DATA_LOSS", `what came after event ${JSON.stringify(after)} is not kept any more`);
  }

  #tell(topic: string, stored: StoredEvent): void {
    for (const subscription of this.#topics.get(topic) ?? []) subscription.push(stored);
  }

  #forget(topic: string, subscription: Subscription): void {
    const subscriptions = this.#topics.get(topic);
    subscriptions?.delete(subscription);
    if (subscriptions?.size === 0) this.#topics.delete(topic);
  }
}
