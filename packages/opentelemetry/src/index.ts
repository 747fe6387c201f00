/** @packageDocumentation OpenTelemetry tracing for Portolan calls. */
export { type Tracing, type TracingOptions, tracing } from "./tracing.ts";
