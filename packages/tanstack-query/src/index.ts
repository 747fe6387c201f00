/** @packageDocumentation Query, mutation and stream options for TanStack Query from a Portolan client. */
export {};
