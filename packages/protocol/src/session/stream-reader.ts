import { keepMeta } from "../stream-meta.ts";
import type { Consumer } from "./stream-consumer.ts";

/** A stream of the peer's, as an async iterator. One reader: iterating it twice goes on where it was. */
export class StreamReader implements AsyncIterableIterator<unknown>, AsyncDisposable {
  readonly #consumer: Consumer;

  constructor(consumer: Consumer) {
    this.#consumer = consumer;
    keepMeta(this);
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

/** The same as a ReadableStream. */
export function readableOf(iterator: StreamReader): ReadableStream {
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
