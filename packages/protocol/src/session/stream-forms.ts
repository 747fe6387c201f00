import { itemsOf } from "../stream-meta.ts";
import * as StreamForms from "./stream-form.ts";

export { StreamForms };
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
    next: async () => open().read() as Promise<IteratorResult<unknown>>,
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
      const pull = this.#takePull();
      if (!pull) this.#item = { value, taken: resolve };
      else {
        pull.resolve({ done: false, value });
        resolve();
      }
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
