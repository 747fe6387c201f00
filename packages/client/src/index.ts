/** @packageDocumentation Typed clients for Portolan: calls, streams, callbacks, deadlines, retries. */
export {};
