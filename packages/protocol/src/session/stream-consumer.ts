import { after } from "../after.ts";
import { RpcError } from "../error.ts";
import { Kind } from "../message.ts";
import { onAbort } from "../on-abort.ts";
import { type ItemMeta, rememberMeta } from "../stream-meta.ts";
import { StreamCredit } from "./stream-credit.ts";
import type { StreamBounds, StreamOwner } from "./stream-owner.ts";

/** Items that arrived together. */
interface Chunk {
  readonly values: readonly unknown[];
  readonly bytes: number;
  readonly metas: ReadonlyMap<number, ItemMeta> | undefined;
}

type Ending = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: RpcError };

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
  readonly #owner: StreamOwner;
  readonly #id: number;
  readonly #ended: () => void;
  readonly #idleTimeout: number | undefined;
  readonly #credit: StreamCredit;
  #chunks: Chunk[] = [];
  /** The next item in the first chunk. */
  #at = 0;
  #waiters: Waiter[] = [];
  #ending: Ending | undefined;
  #stopping: Waiter[] = [];
  #stopped = false;
  #hadMeta = false;
  #timer: unknown;
  #unwatch: (() => void) | undefined;

  /**
   * @param id as our messages name it: negative for a stream that the peer numbered.
   * @param ended runs once the stream has ended, for whatever reason.
   */
  constructor(owner: StreamOwner, id: number, bounds: StreamBounds | undefined, ended: () => void) {
    this.#owner = owner;
    this.#id = id;
    this.#ended = ended;
    this.#credit = new StreamCredit(owner.limits, owner.network);
    this.#idleTimeout = bounds?.idleTimeout;
    this.#watch(bounds?.signal);
  }

  /** The credit that goes along with a stream that the peer is to write: asked for before the peer knows of it. */
  firstCredit(): readonly [items: number, bytes: number] {
    return this.#credit.grant(0);
  }

  /** Whether so many items may come: as {@link StreamCredit.fits} says, and any number after the end. */
  fits(items: number, bytes: number, last: number): boolean {
    return this.#over || this.#credit.fits(items, bytes, last);
  }

  /** Takes items that fit. */
  take(values: readonly unknown[], bytes: number, metas: ReadonlyMap<number, ItemMeta> | undefined): void {
    if (this.#over || values.length === 0) return;
    this.#credit.arrived(values.length, bytes, this.#waiters.length > 0);
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
    this.#ended();
  }

  next(stream: object): Promise<IteratorResult<unknown>> {
    const chunk = this.#waiters.length === 0 ? this.#chunks[0] : undefined;
    if (chunk) return Promise.resolve(this.#give(chunk, stream));
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject, stream });
      this.#owner.owe(1);
      this.#credit.starve();
      this.#serve();
      if (this.#waiters.length > 0) this.#await();
    });
  }

  /** Ends the stream from this side; settles when the producer has finished. */
  stop(how: 0 | 1, value: unknown): Promise<IteratorResult<unknown>> {
    this.#drop();
    const ending = this.#ending;
    if (ending) return how === 1 ? Promise.reject(value) : Promise.resolve({ done: true, value });
    const stopped = new Promise<IteratorResult<unknown>>((resolve, reject) => this.#stopping.push({ resolve, reject }));
    if (!this.#stopped) {
      this.#stopped = true;
      const packed = value === undefined ? undefined : this.#owner.values.packReason(value);
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
    this.#drop();
    if (!this.#stopped) this.#owner.send([Kind.stop, this.#id, 0]);
    this.#stopped = true;
    this.end({ ok: false, error });
  }

  /** No more items are taken. */
  get #over(): boolean {
    return this.#ending !== undefined || this.#stopped;
  }

  /** What is here is not wanted any more. */
  #drop(): void {
    this.#chunks = [];
    this.#at = 0;
  }

  /** The next item of the first chunk. */
  #give({ values, bytes, metas }: Chunk, stream: object | undefined): IteratorResult<unknown> {
    const at = this.#at++;
    const last = this.#at === values.length;
    if (last) {
      this.#chunks.shift();
      this.#at = 0;
    }
    if (this.#credit.consume(last ? bytes : undefined) && !this.#over) this.#grant();
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
    if (this.#credit.unused) this.#grant();
    if (this.#idleTimeout === undefined) return;
    const patience = this.#idleTimeout;
    clearTimeout(this.#timer);
    this.#timer = after(patience, () => {
      this.abort(new RpcError("DEADLINE_EXCEEDED", `the stream gave no item for ${patience} ms`, { delivered: "yes" }));
    });
  }

  #grant(): void {
    const [chunk] = this.#chunks;
    const begun = chunk ? Math.ceil((chunk.bytes * this.#at) / chunk.values.length) : 0;
    this.#owner.sendUrgent([Kind.credit, this.#id, ...this.#credit.grant(begun)]);
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
  else waiter.reject(ending.error);
}
