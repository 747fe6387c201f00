import { RpcError } from "../error.ts";
import { Kind } from "../message.ts";
import { isItemWithMeta } from "../stream-meta.ts";
import { type Packed, plainSize } from "../values/pack.ts";
import type { IncomingCall } from "./incoming-call.ts";
import { soon } from "./soon.ts";
import { chunkBytes, StreamChunk } from "./stream-chunk.ts";
import type { StreamOwner } from "./stream-owner.ts";
import { withTable } from "./with-table.ts";

/** How long a consumer that stopped waits for a producer that is busy, in milliseconds. */
const stopGrace = 100;

/** Why a producer, and the call that made it, is to stop. */
export const unwanted: RpcError = /* @__PURE__ */ new RpcError("CANCELLED", "the consumer wants no more items");

/**
 * The sending end of a stream: pulls its source while there is credit, sends what
 * is there in chunks, and runs the source's `finally` exactly once.
 */
export class Producer {
  readonly #owner: StreamOwner;
  readonly #id: number;
  readonly #source: AsyncIterator<unknown>;
  readonly #call: IncomingCall | undefined;
  readonly #ended: () => void;
  #creditItems = 0;
  #creditBytes = 0;
  #sentItems = 0;
  #sentBytes = 0;
  #pumping = false;
  /** Nothing more is pulled. */
  #finished = false;
  /** The peer has been told the end. */
  #said = false;
  #chunk: StreamChunk | undefined;
  #flushing = false;

  /**
   * @param id as our messages name it: negative for a stream that the peer numbered.
   * @param call what the stream answers, if anything: it is told when the consumer wants no more.
   * @param ended runs once the end has been sent.
   */
  constructor(
    owner: StreamOwner,
    id: number,
    source: AsyncIterator<unknown>,
    call: IncomingCall | undefined,
    ended: () => void,
  ) {
    this.#owner = owner;
    this.#id = id;
    this.#source = source;
    this.#call = call;
    this.#ended = ended;
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
    const busy = this.#pumping;
    this.#call?.abort(unwanted);
    void this.#finish(how, value).then(
      (last) => this.#sayEnd(last),
      (error: unknown) => this.#sayError(error),
    );
    // A source in the middle of `next()` finishes when it can; the consumer does not wait for ever.
    if (busy) setTimeout(() => this.#sayEnd(undefined), stopGrace);
  }

  /** The session has ended: only the source is told. */
  abandon(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#chunk = undefined;
    this.#call?.abort(unwanted);
    this.#finish(0, undefined).catch((error: unknown) => this.#owner.report(error));
  }

  /** The source threw, an item cannot cross, or the platform refused some: the source is told to finish. */
  fail(error: unknown): void {
    if (this.#finished) return this.#owner.report(error);
    this.#finished = true;
    this.#flush();
    this.#sayError(error);
    this.#source.return?.().catch((late: unknown) => this.#owner.report(late));
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
          this.#sayEnd(step.value);
          break;
        }
        this.#add(step.value);
        // Small calls must find a gap beside a stream of large pieces.
        if (this.#sentBytes - paused >= chunkBytes) {
          paused = this.#sentBytes;
          this.#flush();
          await new Promise<void>(soon);
        }
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.#pumping = false;
      if (!this.#finished) this.#flush();
    }
  }

  #mayPull(): boolean {
    return this.#sentItems < this.#creditItems && this.#sentBytes < this.#creditBytes && !this.#owner.blocked;
  }

  #add(yielded: unknown): void {
    let size = plainSize(yielded);
    if (size > 0) this.#open().add(yielded, size);
    else {
      const { value, meta } = isItemWithMeta(yielded) ? yielded : { value: yielded };
      const packed = this.#pack(value);
      size = packed.size;
      this.#open().addPacked(packed, meta);
    }
    this.#sentItems++;
    this.#sentBytes += size;
    if (this.#chunk?.full) this.#flush();
    else if (!this.#flushing) this.#flushSoon();
  }

  #open(): StreamChunk {
    this.#chunk ??= new StreamChunk();
    return this.#chunk;
  }

  #pack(value: unknown): Packed {
    return this.#owner.values.packItem(value, this.#call);
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
    const chunk = this.#chunk;
    if (!chunk) return;
    this.#chunk = undefined;
    this.#owner.send(...chunk.written(this.#id));
  }

  #sayEnd(last: unknown): void {
    if (this.#said) return;
    let packed: Packed;
    try {
      packed = this.#pack(last);
    } catch (error) {
      return this.#sayError(error);
    }
    this.#say(Kind.end, packed);
  }

  #sayError(error: unknown): void {
    if (this.#said) this.#owner.report(error);
    else this.#say(Kind.fail, this.#owner.values.packFailure(error, [], "yes"));
  }

  #say(kind: typeof Kind.end | typeof Kind.fail, packed: Packed): void {
    this.#said = true;
    this.#owner.send(withTable([kind, this.#id, packed.data], packed), packed);
    this.#ended();
  }
}
