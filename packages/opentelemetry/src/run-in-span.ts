import { type Context, context, type Span } from "@opentelemetry/api";
import { endSpan, failSpan } from "./call-span.ts";

type Stream = AsyncIterator<unknown> & AsyncIterable<unknown>;

/** What is iterated asynchronously, and not a ReadableStream, which has readers of its own. */
export function isStream(value: unknown): value is Stream {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value;
}

/** The same stream, whose items are made in the span's context, and whose end ends the span. */
export function traceStream(stream: Stream, span: Span, active: Context): Stream {
  let items = 0;
  const step = async (take: () => Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> => {
    try {
      const result = await context.with(active, take);
      if (!result.done) items++;
      else finish(() => endSpan(span));
      return result;
    } catch (error) {
      finish(() => failSpan(span, error));
      throw error;
    }
  };
  const finish = (end: () => void) => {
    if (!span.isRecording()) return;
    span.setAttribute("rpc.portolan.items", items);
    end();
  };
  return {
    next: () => step(() => stream.next()),
    return: (value) => step(() => stream.return?.(value) ?? Promise.resolve({ done: true, value })),
    throw: (error) => step(() => stream.throw?.(error) ?? Promise.reject(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
