import { type Tracer, trace } from "@opentelemetry/api";
import type { IncomingInterceptor, OutgoingInterceptor } from "@portolan/protocol";
import { traceIncoming } from "./incoming.ts";
import { traceOutgoing } from "./outgoing.ts";

/** How {@link tracing} traces. */
export interface TracingOptions {
  /** Makes the spans. Default: the tracer of the global provider. */
  readonly tracer?: Tracer;
  /** Whether a call's span continues the trace that the caller told of. Default: yes. */
  readonly acceptParent?: (call: Parameters<IncomingInterceptor>[0]) => boolean;
}

/** The interceptors of both directions, as `interceptors` of a client, a server or a session takes them. */
export interface Tracing {
  readonly outgoing: readonly OutgoingInterceptor[];
  readonly incoming: readonly IncomingInterceptor[];
}

/**
 * Traces every call, stream and callback of a session: a CLIENT span where it is
 * made, a SERVER span where it runs, joined by W3C trace context in the call's
 * metadata. A stream's span ends with the stream.
 *
 * `serve(source, router, { interceptors: tracing() })` and
 * `createClient(source, { interceptors: tracing() })`.
 *
 * Attributes follow OpenTelemetry's semantic conventions for RPC:
 * https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/
 */
export function tracing(options: TracingOptions = {}): Tracing {
  const tracer = options.tracer ?? trace.getTracer("@portolan/opentelemetry");
  return {
    outgoing: [traceOutgoing(tracer)],
    incoming: [traceIncoming(tracer, options.acceptParent ?? (() => true))],
  };
}
