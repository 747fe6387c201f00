import { context, propagation, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import type { OutgoingInterceptor } from "@portolan/protocol";
import { callAttributes, endSpan, failSpan, spanName } from "./call-span.ts";
import { isStream, traceStream } from "./traced-stream.ts";

/** A CLIENT span around every call made; its context travels in the metadata. */
export function traceOutgoing(tracer: Tracer): OutgoingInterceptor {
  return async (call, next) => {
    const attributes = callAttributes(call.path, call.notify);
    const span = tracer.startSpan(spanName(call.path), { kind: SpanKind.CLIENT, attributes });
    const active = trace.setSpan(context.active(), span);
    try {
      const metadata = withTraceContext(call.metadata, active);
      const result = await context.with(active, () => next({ ...call, metadata }));
      if (isStream(result)) return traceStream(result, span, active);
      endSpan(span);
      return result;
    } catch (error) {
      failSpan(span, error);
      throw error;
    }
  };
}

/** Metadata that is no plain object is the user's own: it is left as it is, and the trace ends here. */
function withTraceContext(metadata: unknown, active: Parameters<typeof propagation.inject>[0]): unknown {
  if (metadata !== undefined && (typeof metadata !== "object" || metadata === null || Array.isArray(metadata))) {
    return metadata;
  }
  const carrier: Record<string, unknown> = { ...metadata };
  propagation.inject(active, carrier);
  return Object.keys(carrier).length > 0 ? carrier : undefined;
}
