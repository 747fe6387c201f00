import { type Context, context, type Span } from "@opentelemetry/api";
import { endSpan, failSpan } from "./call-span.ts";

type Stream = AsyncIterator<unknown> & AsyncIterable<unknown>;

/** Runs a call in the context of its span, which ends with the call, or with the stream that the call gives. */
export async function runInSpan(span: Span, active: Context, run: () => unknown): Promise<unknown> {
  try {
    const result = await context.with(active, run);
    if (isStream(result)) return traceStream(result, span, active);
    endSpan(span);
    return result;
  } catch (error) {
    failSpan(span, error);
    throw error;
  }
}

/** What is iterated asynchronously, and not a ReadableStream, which has readers of its own. */
function isStream(value: unknown): value is Stream {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value;
}

/** The same stream, whose items are made in the span's context, and whose end ends the span. */
function traceStream(stream: Stream, span: Span, active: Context): Stream {
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
