import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { RpcError } from "@portolan/protocol";

/** What a span is called, after the path; functions by reference have none. */
export function spanName(path: readonly string[]): string {
  return path.length > 0 ? path.join(".") : "(function)";
}

/** The attributes that every span of a call has. */
export function callAttributes(path: readonly string[], notification: boolean): Record<string, string | boolean> {
  return { "rpc.system": "portolan", "rpc.method": spanName(path), "rpc.portolan.notification": notification };
}

/** The call went well. */
export function endSpan(span: Span): void {
  span.end();
}

/** The call failed: says with which code, and records what was thrown. */
export function failSpan(span: Span, thrown: unknown): void {
  const { code, message } = RpcError.from(thrown);
  span.setAttribute("rpc.portolan.status_code", code);
  span.recordException(thrown instanceof Error ? thrown : String(thrown));
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.end();
}
