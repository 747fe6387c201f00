/** @packageDocumentation OpenTelemetry tracing for Portolan calls. */
export {};
