import { itemsOf } from "@portolan/protocol";

/** What is done with what a stream gives. */
export interface StreamWatch {
  /** What the consumer gets for an item. */
  item?(item: unknown): unknown;
  /** What the consumer gets for the return value. */
  returned?(value: unknown): unknown;
  /** What the consumer gets for an error. */
  failed(error: unknown): unknown;
  /** The stream has ended, in whatever way. Called once. */
  ended(): void;
}

/**
 * A stream that looks at everything another one gives. Not a generator: one that
 * is ended before its first item would never tell the stream inside.
 */
export class WatchedStream implements AsyncIterableIterator<unknown, unknown, unknown> {
  readonly #inner: AsyncIterator<unknown, unknown, unknown>;
  readonly #watch: StreamWatch;
  #over = false;

  constructor(source: AsyncIterable<unknown>, watch: StreamWatch) {
    this.#inner = itemsOf(source);
    this.#watch = watch;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(...value: [] | [unknown]): Promise<IteratorResult<unknown, unknown>> {
    return this.#step(() => this.#inner.next(...value));
  }

  async return(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    const { return: finish } = this.#inner;
    // What the consumer ends with is its own: no schema is asked.
    try {
      return finish ? await finish.call(this.#inner, value) : { done: true, value };
    } catch (error) {
      throw await this.#watch.failed(error);
    } finally {
      this.#end();
    }
  }

  async throw(error?: unknown): Promise<IteratorResult<unknown, unknown>> {
    const { throw: raise } = this.#inner;
    if (raise) return this.#step(() => raise.call(this.#inner, error));
    await this.return();
    throw error;
  }

  async #step(pull: () => Promise<IteratorResult<unknown, unknown>>): Promise<IteratorResult<unknown, unknown>> {
    const { item, returned, failed } = this.#watch;
    try {
      const step = await pull();
      const look = step.done ? returned : item;
      const value = look ? await look(step.value) : step.value;
      if (step.done) this.#end();
      return { done: step.done ?? false, value };
    } catch (error) {
      await this.#abandon();
      throw await failed(error);
    }
  }

  /** The producer's `finally` runs, also when it was an item that was wrong. */
  async #abandon(): Promise<void> {
    if (this.#over) return;
    this.#end();
    try {
      await this.#inner.return?.();
    } catch {
      // The error on its way already says what went wrong first.
    }
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#watch.ended();
  }
}
