import { after } from "../after.ts";
import { RpcError } from "../error.ts";
import { Kind, type Message } from "../message.ts";
import { onAbort } from "../on-abort.ts";
import { type ItemMeta, rememberMeta } from "../stream-meta.ts";
import type { Packed } from "../values/pack.ts";
import { ByteWindow } from "./byte-window.ts";
import type { Limits } from "./limits.ts";

/** What a consumer needs of its session. */
export interface ConsumerOwner {
  readonly limits: Limits;
  /** The producer is across a network. */
  readonly network: boolean;
  sendUrgent(message: Message): void;
  send(message: Message, packed?: Packed): void;
  packReason(value: unknown): Packed;
  /** Whether something is owed over there: only then does the session watch for death. */
  owe(by: 1 | -1): void;
  /** The stream has ended, for whatever reason. */
  ended(): void;
}

/** How the stream's call bounds it. */
export interface StreamBounds {
  readonly signal?: AbortSignal | undefined;
  readonly idleTimeout?: number | undefined;
}

/** Items that arrived together. */
interface Chunk {
  readonly values: readonly unknown[];
  readonly bytes: number;
  readonly metas: ReadonlyMap<number, ItemMeta> | undefined;
}

type Ending = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: () => RpcError };

interface Waiter {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: unknown) => void;
  /** The reader's object: held only while it waits, so that an abandoned stream can be collected. */
  readonly stream?: object;
}

/**
 * The receiving end of a stream: keeps what has arrived, grants credit as it is
 * consumed, and ends once. It grants nothing before somebody asks for an item.
 */
export class Consumer {
  readonly #owner: ConsumerOwner;
  readonly #id: number;
  readonly #idleTimeout: number | undefined;
  #chunks: Chunk[] = [];
  /** The next item in the first chunk. */
  #at = 0;
  #waiters: Waiter[] = [];
  #ending: Ending | undefined;
  #stopping: Waiter[] = [];
  #stopped = false;
  #window: number;
  readonly #bytes: ByteWindow;
  #received = 0;
  #receivedBytes = 0;
  #consumed = 0;
  #consumedBytes = 0;
  #granted = 0;
  #grantedBytes = 0;
  #starved = false;
  #hadMeta = false;
  #timer: unknown;
  #unwatch: (() => void) | undefined;

  /** `id` as our messages name it: negative for a stream that the peer numbered. */
  constructor(owner: ConsumerOwner, id: number, bounds: StreamBounds) {
    this.#owner = owner;
    this.#id = id;
    this.#window = owner.limits.windowItems;
    this.#bytes = new ByteWindow(owner.limits.windowBytes, owner.network);
    this.#idleTimeout = bounds.idleTimeout;
    this.#watch(bounds.signal);
  }

  /** The credit that goes along with a stream that the peer is to write: asked for before the peer knows of it. */
  firstCredit(): readonly [items: number, bytes: number] {
    this.#granted = this.#window;
    this.#grantedBytes = this.#bytes.size;
    return [this.#granted, this.#grantedBytes];
  }

  /**
   * Whether so many items are within what was granted. The last one may pass the
   * window of bytes, since a producer looks at its credit before each item.
   */
  fits(items: number, bytes: number, last: number): boolean {
    if (this.#ending || this.#stopped) return true;
    const { windowBytes } = this.#owner.limits;
    const ahead = this.#receivedBytes - this.#consumedBytes;
    return this.#received + items <= this.#granted && ahead <= windowBytes && ahead + bytes - last <= 2 * windowBytes;
  }

  /** Takes items that fit. */
  take(values: readonly unknown[], bytes: number, metas: ReadonlyMap<number, ItemMeta> | undefined): void {
    if (this.#ending || this.#stopped || values.length === 0) return;
    this.#received += values.length;
    this.#receivedBytes += bytes;
    this.#bytes.arrived(bytes, this.#receivedBytes, this.#waiters.length > 0);
    this.#chunks.push({ values, bytes, metas });
    this.#serve();
  }

  /** The producer has said the end, or the session has. Items that are here are given first. */
  end(ending: Ending): void {
    if (this.#ending) return;
    this.#ending = ending;
    this.#unwatch?.();
    this.#serve();
    const stopping = this.#stopping.splice(0);
    for (const waiter of stopping) giveEnding(waiter, ending);
    // Whoever stopped the stream has heard how it ended.
    if (stopping.length > 0) this.#ending = said;
    this.#owner.ended();
  }

  next(stream: object): Promise<IteratorResult<unknown>> {
    const chunk = this.#waiters.length === 0 ? this.#chunks[0] : undefined;
    if (chunk) return Promise.resolve(this.#give(chunk, stream));
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject, stream });
      this.#owner.owe(1);
      this.#starved = this.#granted > 0;
      this.#serve();
      if (this.#waiters.length > 0) this.#await();
    });
  }

  /** Ends the stream from this side; settles when the producer has finished. */
  stop(how: 0 | 1, value: unknown): Promise<IteratorResult<unknown>> {
    this.#chunks = [];
    this.#at = 0;
    const ending = this.#ending;
    if (ending) return how === 1 ? Promise.reject(value) : Promise.resolve({ done: true, value });
    const stopped = new Promise<IteratorResult<unknown>>((resolve, reject) => this.#stopping.push({ resolve, reject }));
    if (!this.#stopped) {
      this.#stopped = true;
      const packed = value === undefined ? undefined : this.#owner.packReason(value);
      this.#owner.send(
        packed ? [Kind.stop, this.#id, how, packed.data, packed.table] : [Kind.stop, this.#id, how],
        packed,
      );
    }
    this.#release({ done: true, value: undefined });
    return stopped;
  }

  /** Gives the stream up: its reader gets `error`, its producer is stopped. */
  abort(error: RpcError): void {
    if (this.#ending) return;
    this.#chunks = [];
    this.#at = 0;
    if (!this.#stopped) this.#owner.send([Kind.stop, this.#id, 0]);
    this.#stopped = true;
    this.end({ ok: false, error: () => error });
  }

  /** The next item of the first chunk. */
  #give(chunk: Chunk, stream: object | undefined): IteratorResult<unknown> {
    const { values, bytes, metas } = chunk;
    const at = this.#at++;
    this.#consumed++;
    if (this.#at === values.length) {
      this.#chunks.shift();
      this.#at = 0;
      this.#consumedBytes += bytes;
    }
    if (this.#granted - this.#consumed <= this.#window / 2 || this.#at === 0) this.#grantMore();
    if (stream && (metas || this.#hadMeta)) this.#remember(stream, values[at], metas?.get(at));
    return { done: false, value: values[at] };
  }

  #remember(stream: object, value: unknown, meta: ItemMeta | undefined): void {
    this.#hadMeta = meta !== undefined;
    rememberMeta(stream, value, meta);
  }

  /** Gives what is here to those who wait. */
  #serve(): void {
    for (let chunk = this.#chunks[0]; chunk && this.#waiters.length > 0; chunk = this.#chunks[0]) {
      const waiter = this.#nextWaiter();
      waiter?.resolve(this.#give(chunk, waiter.stream));
    }
    if (this.#waiters.length === 0 || !this.#ending) return;
    const ending = this.#ending;
    const first = this.#nextWaiter();
    if (first) giveEnding(first, ending);
    // The end is said once; after it a generator is merely done.
    this.#ending = said;
    this.#release({ done: true, value: undefined });
  }

  #release(result: IteratorResult<unknown>): void {
    for (let waiter = this.#nextWaiter(); waiter; waiter = this.#nextWaiter()) waiter.resolve(result);
  }

  #nextWaiter(): Waiter | undefined {
    const waiter = this.#waiters.shift();
    if (!waiter) return undefined;
    this.#owner.owe(-1);
    clearTimeout(this.#timer);
    return waiter;
  }

  /** Somebody waits and nothing is here: make sure that the producer may send. */
  #await(): void {
    if (this.#granted === 0) this.#grant();
    if (this.#idleTimeout === undefined) return;
    const patience = this.#idleTimeout;
    clearTimeout(this.#timer);
    this.#timer = after(patience, () => {
      this.abort(new RpcError("DEADLINE_EXCEEDED", `the stream gave no item for ${patience} ms`, { delivered: "yes" }));
    });
  }

  /** Grants anew when half of the window is used; a reader that had to wait gets a larger one. */
  #grantMore(): void {
    if (this.#ending || this.#stopped) return;
    const { limits } = this.#owner;
    const halfBytes = this.#grantedBytes - this.#consumedBytes <= this.#bytes.size / 2;
    if (this.#granted - this.#consumed > this.#window / 2 && !halfBytes) return;
    if (this.#starved) this.#window = Math.min(this.#window * 2, limits.maxWindowItems);
    this.#starved = false;
    this.#grant();
  }

  #grant(): void {
    const [chunk] = this.#chunks;
    const begun = chunk ? Math.ceil((chunk.bytes * this.#at) / chunk.values.length) : 0;
    const before = this.#grantedBytes;
    this.#granted = this.#consumed + this.#window;
    this.#grantedBytes = Math.max(before, this.#consumedBytes + begun + this.#bytes.size);
    if (this.#grantedBytes > before) this.#bytes.granted(before, this.#receivedBytes);
    this.#owner.sendUrgent([Kind.credit, this.#id, this.#granted, this.#grantedBytes]);
  }

  #watch(signal: AbortSignal | undefined): void {
    if (!signal) return;
    const abort = () => this.abort(new RpcError("CANCELLED", "the stream was aborted", { cause: signal.reason }));
    if (signal.aborted) return queueMicrotask(abort);
    this.#unwatch = onAbort(signal, abort);
  }
}

/** The end has been said; from then on a stream is merely done. */
const said: Ending = { ok: true, value: undefined };

function giveEnding(waiter: Waiter, ending: Ending): void {
  if (ending.ok) waiter.resolve({ done: true, value: ending.value });
  else waiter.reject(ending.error());
}
