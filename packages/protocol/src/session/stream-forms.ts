import { itemsOf } from "../stream-meta.ts";
import type { Consumer } from "./stream-consumer.ts";

/** What a stream is on both sides: an async iterable, a ReadableStream, a WritableStream. */
export const StreamForms = { iterable: 0, readable: 1, writable: 2 } as const;
export type StreamForm = (typeof StreamForms)[keyof typeof StreamForms];

/** The values that a stream sends, if it is one to read from. */
export function sourceOf(value: object): { iterator: AsyncIterator<unknown>; form: StreamForm } | undefined {
  const tag = Object.prototype.toString.call(value);
  if (tag === "[object WritableStream]") return undefined;
  if (tag === "[object ReadableStream]") {
    return { iterator: iterateReadable(value as ReadableStream), form: StreamForms.readable };
  }
  const { [Symbol.asyncIterator]: asynchronous, [Symbol.iterator]: synchronous } = value as Partial<
    AsyncIterable<unknown> & Iterable<unknown>
  >;
  if (asynchronous) return { iterator: itemsOf(value as AsyncIterable<unknown>), form: StreamForms.iterable };
  if (!synchronous) throw new TypeError("expected something that can be iterated");
  return { iterator: awaited(synchronous.call(value)), form: StreamForms.iterable };
}

function awaited(iterator: Iterator<unknown>): AsyncIterator<unknown> {
  return {
    next: async () => iterator.next(),
    return: async (value) => iterator.return?.(value) ?? { done: true, value },
    throw: async (error) => iterator.throw?.(error) ?? Promise.reject(error),
  };
}

function iterateReadable(stream: ReadableStream): AsyncIterator<unknown> {
  let reader: ReadableStreamDefaultReader | undefined;
  const open = () => {
    reader ??= stream.getReader();
    return reader;
  };
  return {
    next: async () => {
      const { done, value } = await open().read();
      return done ? { done: true, value: undefined } : { done: false, value };
    },
    return: async (value) => {
      await open().cancel(value);
      return { done: true, value };
    },
    throw: async (error) => {
      await open().cancel(error);
      throw error;
    },
  };
}

/** What a reader on this side is given. `watched` is the object whose collection ends the stream. */
export function readerFor(form: StreamForm, consumer: Consumer): { reader: object; watched: object } {
  const iterator = new StreamReader(consumer);
  if (form === StreamForms.iterable) return { reader: iterator, watched: iterator };
  return { reader: readableOf(iterator), watched: iterator };
}

/** A stream of the peer's, as an async iterator. One reader: iterating it twice goes on where it was. */
export class StreamReader implements AsyncIterableIterator<unknown>, AsyncDisposable {
  readonly #consumer: Consumer;

  constructor(consumer: Consumer) {
    this.#consumer = consumer;
  }

  next(): Promise<IteratorResult<unknown>> {
    return this.#consumer.next(this);
  }

  return(value?: unknown): Promise<IteratorResult<unknown>> {
    return this.#consumer.stop(0, value);
  }

  throw(error?: unknown): Promise<IteratorResult<unknown>> {
    return this.#consumer.stop(1, error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  get [Symbol.toStringTag](): string {
    return "PortolanStream";
  }
}

function readableOf(iterator: StreamReader): ReadableStream {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        await (reason === undefined ? iterator.return() : iterator.throw(reason).catch(() => {}));
      },
    },
    { highWaterMark: 0 },
  );
}

/** Writes what a peer sends into a stream of ours, as fast as that takes it. */
export async function writeTo(stream: WritableStream, consumer: Consumer): Promise<void> {
  const items = new StreamReader(consumer);
  let writer: WritableStreamDefaultWriter | undefined;
  try {
    writer = stream.getWriter();
    for (let step = await items.next(); !step.done; step = await items.next()) {
      await writer.ready;
      await writer.write(step.value);
    }
  } catch (error) {
    // What it came with leaves in this turn, and goes first.
    if (!writer) await Promise.resolve();
    // Either the peer aborted, and our stream hears of it, or our stream failed, and the peer does.
    await items.throw(error).catch(() => {});
    return writer?.abort(error).catch(() => {});
  }
  await writer.close().catch(() => {});
}

/** A stream that writes to the peer: each write settles when the peer has credit for it. */
export function writerFor(): { stream: WritableStream; source: AsyncIterator<unknown> } {
  const handover = new Handover();
  const stream = new WritableStream({
    write: (chunk) => handover.put(chunk),
    close: () => handover.finish(),
    abort: (reason) => handover.fail(reason),
  });
  return { stream, source: handover };
}

interface Pull {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/** One item at a time, from who writes to who pulls. */
class Handover implements AsyncIterator<unknown> {
  #item: { readonly value: unknown; readonly taken: () => void } | undefined;
  #pull: Pull | undefined;
  #ending: { readonly error?: unknown } | undefined;
  #stopped: { readonly reason: unknown } | undefined;

  put(value: unknown): Promise<void> {
    if (this.#stopped) return Promise.reject(this.#stopped.reason);
    return new Promise((resolve) => {
      if (this.#pull) {
        this.#takePull()?.resolve({ done: false, value });
        resolve();
      } else this.#item = { value, taken: resolve };
    });
  }

  finish(): void {
    this.#ending = {};
    this.#takePull()?.resolve({ done: true, value: undefined });
  }

  fail(error: unknown): void {
    this.#ending = { error };
    this.#takePull()?.reject(error);
  }

  next(): Promise<IteratorResult<unknown>> {
    const item = this.#item;
    if (item) {
      this.#item = undefined;
      item.taken();
      return Promise.resolve({ done: false, value: item.value });
    }
    if (this.#ending) {
      return "error" in this.#ending
        ? Promise.reject(this.#ending.error)
        : Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve, reject) => {
      this.#pull = { resolve, reject };
    });
  }

  /** The peer takes no more. */
  return(value?: unknown): Promise<IteratorResult<unknown>> {
    return this.#stop(new Error("the other side closed the stream"), value);
  }

  throw(error: unknown): Promise<IteratorResult<unknown>> {
    return this.#stop(error, undefined);
  }

  #stop(reason: unknown, value: unknown): Promise<IteratorResult<unknown>> {
    this.#stopped = { reason };
    this.#item?.taken();
    this.#item = undefined;
    this.#takePull()?.resolve({ done: true, value: undefined });
    return Promise.resolve({ done: true, value });
  }

  #takePull(): Pull | undefined {
    const pull = this.#pull;
    this.#pull = undefined;
    return pull;
  }
}
