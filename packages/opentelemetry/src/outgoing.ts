import { context, propagation, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import type { OutgoingInterceptor } from "@portolan/protocol";
import { callAttributes, spanName } from "./call-span.ts";
import { runInSpan } from "./run-in-span.ts";

/** A CLIENT span around every call made; its context travels in the metadata. */
export function traceOutgoing(tracer: Tracer): OutgoingInterceptor {
  return async (call, next) => {
    const attributes = callAttributes(call.path, call.notify);
    const span = tracer.startSpan(spanName(call.path), { kind: SpanKind.CLIENT, attributes });
    const active = trace.setSpan(context.active(), span);
    return runInSpan(span, active, () => next({ ...call, metadata: withTraceContext(call.metadata, active) }));
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
