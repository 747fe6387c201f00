import { Kind, type Message, type TableEntry } from "../message.ts";
import { isItemWithMeta } from "../stream-meta.ts";
import { type Packed, plainSize } from "../values/pack.ts";
import { placeTable } from "./place-table.ts";
import { soon } from "./soon.ts";

/** What a producer needs of its session. */
export interface ProducerOwner {
  packItem(item: unknown): Packed;
  packError(error: unknown): Packed;
  send(message: Message, packed?: Packed): void;
  /** The port would rather not take more. */
  readonly blocked: boolean;
  /** What went wrong after nobody listened any more. */
  report(error: unknown): void;
  /** The consumer wants no more: the call that made the stream is told. */
  stopped(): void;
  /** The stream has ended, for whatever reason. */
  ended(): void;
}

/** Items in one message, at most, and bytes after which it leaves. */
const chunkItems = 256;
const chunkBytes = 64 * 1024;

/** How long a consumer that stopped waits for a producer that is busy, in milliseconds. */
const stopGrace = 100;

/**
 * The sending end of a stream: pulls its source while there is credit, sends what
 * is there in chunks, and runs the source's `finally` exactly once.
 */
export class Producer {
  readonly #owner: ProducerOwner;
  readonly #id: number;
  readonly #source: AsyncIterator<unknown>;
  #creditItems = 0;
  #creditBytes = 0;
  #sentItems = 0;
  #sentBytes = 0;
  #pumping = false;
  #finished = false;
  #items: unknown[] = [];
  #table: TableEntry[] = [];
  #metas: [number, string | null, number | null][] = [];
  #transfer: object[] = [];
  #bytes = 0;
  #flushing = false;

  /** `id` as our messages name it: negative for a stream that the peer numbered. */
  constructor(owner: ProducerOwner, id: number, source: AsyncIterator<unknown>) {
    this.#owner = owner;
    this.#id = id;
    this.#source = source;
  }

  /** The consumer can take so much in all, counted since the start. */
  credit(items: number, bytes: number): void {
    this.#creditItems = Math.max(this.#creditItems, items);
    this.#creditBytes = Math.max(this.#creditBytes, bytes);
    this.pump();
  }

  /** Goes on pulling, if there is credit. */
  pump(): void {
    if (!this.#pumping && !this.#finished) void this.#run();
  }

  /** The consumer wants no more: `return()` or `throw()` of the source runs, then the end is said. */
  stop(how: 0 | 1, value: unknown): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#flush();
    const said = new Said();
    const busy = this.#pumping;
    this.#owner.stopped();
    void this.#finish(how, value).then(
      (last) => said.once(() => this.#say(Kind.end, last)),
      (error: unknown) => (said.once(() => this.#sayError(error)) ? undefined : this.#owner.report(error)),
    );
    // A source in the middle of `next()` finishes when it can; the consumer does not wait for ever.
    if (busy) setTimeout(() => said.once(() => this.#say(Kind.end, undefined)), stopGrace);
  }

  /** The platform refused items that were sent. */
  refused(error: unknown): void {
    this.#failed(error);
  }

  /** The session has ended: only the source is told. */
  abandon(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#items = [];
    this.#owner.stopped();
    this.#finish(0, undefined).catch((error: unknown) => this.#owner.report(error));
  }

  async #finish(how: 0 | 1, value: unknown): Promise<unknown> {
    const source = this.#source;
    if (how === 1 && source.throw) {
      const step = await source.throw(value);
      if (step.done) return step.value;
    }
    return (await source.return?.(value))?.value;
  }

  async #run(): Promise<void> {
    this.#pumping = true;
    let paused = this.#sentBytes;
    try {
      while (!this.#finished && this.#mayPull()) {
        const step = await this.#source.next();
        if (this.#finished) break;
        if (Object(step) !== step) throw new TypeError(`an iterator gave ${String(step)}, which is no result`);
        if (step.done) {
          this.#finished = true;
          this.#flush();
          this.#say(Kind.end, step.value);
          break;
        }
        this.#add(step.value);
        // Small calls must find a gap beside a stream of large pieces.
        if (this.#sentBytes - paused >= chunkBytes) {
          paused = this.#sentBytes;
          this.#flush();
          await turn();
        }
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#pumping = false;
      if (!this.#finished && this.#items.length > 0) this.#flush();
    }
  }

  #mayPull(): boolean {
    return this.#sentItems < this.#creditItems && this.#sentBytes < this.#creditBytes && !this.#owner.blocked;
  }

  #add(yielded: unknown): void {
    const size = plainSize(yielded);
    if (size > 0) this.#put(yielded, size);
    else this.#pack(yielded);
    if (this.#items.length >= chunkItems || this.#bytes >= chunkBytes) this.#flush();
    else if (!this.#flushing) this.#flushSoon();
  }

  #put(data: unknown, size: number): void {
    this.#items.push(data);
    this.#bytes += size;
    this.#sentItems++;
    this.#sentBytes += size;
  }

  #pack(yielded: unknown): void {
    const { value, meta } = isItemWithMeta(yielded) ? yielded : { value: yielded };
    const { data, table, transfer, size } = this.#owner.packItem(value);
    const index = this.#items.length;
    if (table) for (const entry of placeTable(table, index)) this.#table.push(entry);
    if (transfer.length > 0) this.#transfer.push(...transfer);
    if (meta) this.#metas.push([index, meta.id ?? null, meta.retry ?? null]);
    this.#put(data, size);
  }

  /** A slow source's items leave promptly; a fast one fills its chunks first. */
  #flushSoon(): void {
    this.#flushing = true;
    soon(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#items.length === 0) return;
    const table = this.#table.length > 0 ? this.#table : null;
    const packed: Packed = {
      ...{ data: this.#items, table, transfer: this.#transfer, size: this.#bytes },
      ...{ moved: false, plain: false },
    };
    const message: Message =
      this.#metas.length > 0
        ? [Kind.items, this.#id, this.#items, this.#bytes, table, this.#metas]
        : table
          ? [Kind.items, this.#id, this.#items, this.#bytes, table]
          : [Kind.items, this.#id, this.#items, this.#bytes];
    this.#items = [];
    this.#table = [];
    this.#metas = [];
    this.#transfer = [];
    this.#bytes = 0;
    this.#owner.send(message, packed);
  }

  /** The source threw, or an item cannot cross: then the source is told to finish. */
  #failed(error: unknown): void {
    if (this.#finished) return this.#owner.report(error);
    this.#finished = true;
    this.#flush();
    this.#sayError(error);
    this.#source.return?.().catch((late: unknown) => this.#owner.report(late));
  }

  #say(kind: typeof Kind.end, last: unknown): void {
    try {
      const packed = this.#owner.packItem(last);
      this.#owner.send(
        packed.table ? [kind, this.#id, packed.data, packed.table] : [kind, this.#id, packed.data],
        packed,
      );
      this.#owner.ended();
    } catch (error) {
      this.#sayError(error);
    }
  }

  #sayError(error: unknown): void {
    const packed = this.#owner.packError(error);
    this.#owner.send(
      packed.table ? [Kind.fail, this.#id, packed.data, packed.table] : [Kind.fail, this.#id, packed.data],
      packed,
    );
    this.#owner.ended();
  }
}

function turn(): Promise<void> {
  return new Promise(soon);
}

/** Something that is said once. */
class Said {
  #said = false;

  once(say: () => void): boolean {
    if (this.#said) return false;
    this.#said = true;
    say();
    return true;
  }
}
