import { itemsOf } from "../stream-meta.ts";

/** One thing asked of a stream, and whoever asked. */
interface Request {
  start(): Promise<IteratorResult<unknown, unknown>>;
  resolve(result: IteratorResult<unknown, unknown>): void;
  reject(error: unknown): void;
}

/**
 * A result whose stream, if it is one, is pulled where this was called and not where
 * its items are wanted: the `AsyncLocalStorage` of an interceptor holds in a
 * generator too. An async function keeps its context over each `await`, on every
 * runtime that has such a thing. What is no generator stays as it is.
 */
export function carryContext(result: unknown): unknown {
  return isGenerated(result) ? new CarriedStream(result) : result;
}

/** A generator or something like it; a ReadableStream stays what it is. */
export function isGenerated(value: unknown): value is AsyncIterable<unknown> {
  if (typeof value !== "object" || value === null || !(Symbol.asyncIterator in value)) return false;
  return Object.prototype.toString.call(value) !== "[object ReadableStream]";
}

class CarriedStream implements AsyncIterableIterator<unknown, unknown, unknown> {
  readonly #inner: AsyncIterator<unknown, unknown, unknown>;
  #requests: Request[] = [];
  #wake: (() => void) | undefined;
  #over = false;

  constructor(source: AsyncIterable<unknown>) {
    this.#inner = itemsOf(source);
    void this.#serve();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(...value: [] | [unknown]): Promise<IteratorResult<unknown, unknown>> {
    return this.#ask(async () => this.#inner.next(...value));
  }

  return(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    return this.#ask(async () => (await this.#inner.return?.(value)) ?? { done: true, value });
  }

  throw(error?: unknown): Promise<IteratorResult<unknown, unknown>> {
    return this.#ask(async () => {
      if (this.#inner.throw) return this.#inner.throw(error);
      await this.#inner.return?.();
      throw error;
    });
  }

  #ask(start: Request["start"]): Promise<IteratorResult<unknown, unknown>> {
    // After the end nothing of the producer runs, so its context is not missed.
    if (this.#over) return start();
    return new Promise((resolve, reject) => {
      this.#requests.push({ start, resolve, reject });
      this.#wake?.();
    });
  }

  /** Runs in the context of whoever made the stream. */
  async #serve(): Promise<void> {
    while (!this.#over) {
      const request = this.#requests.shift();
      if (request) this.#start(request);
      else await this.#asked();
    }
  }

  #asked(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #start({ start, resolve, reject }: Request): void {
    start().then(
      (result) => {
        if (result.done) this.#end();
        resolve(result);
      },
      (error: unknown) => {
        this.#end();
        reject(error);
      },
    );
  }

  #end(): void {
    this.#over = true;
    this.#wake?.();
    for (const { start, resolve, reject } of this.#requests.splice(0)) start().then(resolve, reject);
  }
}
