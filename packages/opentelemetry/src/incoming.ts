import {
  type Context,
  context,
  propagation,
  SpanKind,
  type TextMapGetter,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { IncomingInterceptor } from "@portolan/protocol";
import { callAttributes, spanName } from "./call-span.ts";
import { runInSpan } from "./run-in-span.ts";

type Call = Parameters<IncomingInterceptor>[0];

/** A SERVER span around every call received, in the trace that the caller told of. */
export function traceIncoming(tracer: Tracer, acceptParent: (call: Call) => boolean): IncomingInterceptor {
  return async (call, next) => {
    const parent = acceptParent(call) ? parentOf(call) : context.active();
    const attributes = callAttributes(call.path, call.notification);
    const span = tracer.startSpan(spanName(call.path), { kind: SpanKind.SERVER, attributes }, parent);
    const active = trace.setSpan(parent, span);
    return runInSpan(span, active, next);
  };
}

function parentOf({ metadata }: Call): Context {
  return propagation.extract(context.active(), metadata, ownText);
}

/** Metadata is foreign: only own properties that are text are read. */
const ownText: TextMapGetter<unknown> = {
  keys: (carrier) => (typeof carrier === "object" && carrier !== null ? Object.keys(carrier) : []),
  get(carrier, key) {
    if (typeof carrier !== "object" || carrier === null || !Object.hasOwn(carrier, key)) return undefined;
    const value = (carrier as Readonly<Record<string, unknown>>)[key];
    return typeof value === "string" ? value : undefined;
  },
};
