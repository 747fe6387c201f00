/** What one call, or every call of a client made by `withOptions`, may be given. */
export interface CallOptions {
  /** Aborts the call, and its streams. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the call gives up with DEADLINE_EXCEEDED; ends at the answer. 0 is at once, Infinity never. Default: never. */
  readonly timeout?: number;
  /** Milliseconds without an item after which a stream of the call gives up. Default: never. */
  readonly idleTimeout?: number;
  /** What the handler reads as `call.metadata`. Plain data. */
  readonly metadata?: unknown;
  /** Calls with the same key run once, where the server keeps a record. */
  readonly key?: string;
  /** The id of the last item seen of a stream that is being resumed. At most 1 024 characters. */
  readonly after?: string;
  /** True for a notification: nothing comes back. Set by `notify`. */
  readonly notify?: boolean;
}

/** Options with others on top; plain metadata objects are merged. */
export function mergeOptions(base: CallOptions | undefined, more: CallOptions): CallOptions {
  if (!base) return more;
  const merged = { ...base, ...more };
  return isPlain(base.metadata) && isPlain(more.metadata)
    ? { ...merged, metadata: { ...base.metadata, ...more.metadata } }
    : merged;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
