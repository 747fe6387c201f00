import type { Call } from "./session/incoming-call.ts";

/** A call on its way out, as interceptors see it. */
export interface OutgoingCall {
  readonly path: readonly string[];
  readonly args: readonly unknown[];
  readonly metadata: unknown;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number | undefined;
  readonly idleTimeout: number | undefined;
  readonly key: string | undefined;
  /** The id of the last item seen, when a stream is resumed. */
  readonly after: string | undefined;
  /** True when nothing comes back. */
  readonly notify: boolean;
  /**
   * Aborts when the client of the call ends, with what the call is to reject with: whoever waits between attempts stops
   * waiting then. Undefined for calls of a session, and of what it refers to.
   */
  readonly ended?: AbortSignal | undefined;
}

/**
 * Wraps every call made: may change it (`next({ ...call, metadata })`), repeat
 * it, answer it itself, or look at its result. What it throws rejects the call.
 */
export type OutgoingInterceptor = (
  call: OutgoingCall,
  next: (call?: OutgoingCall) => Promise<unknown>,
) => Promise<unknown> | unknown;

/** Wraps every call received, around the handler. What it throws answers the call. */
export type IncomingInterceptor = (call: Call, next: () => Promise<unknown>) => Promise<unknown> | unknown;
