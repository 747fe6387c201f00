/** @packageDocumentation Query, mutation and stream options for TanStack Query from a Portolan client. */
export { type MutationOptions, mutationOptions } from "./mutation-options.ts";
export { type ProcedureKey, procedureKey } from "./procedure-key.ts";
export { type QueryOptions, queryOptions } from "./query-options.ts";
export { type StreamOptions, type StreamSettings, streamOptions } from "./stream-options.ts";
