const unstarted = /* @__PURE__ */ new WeakSet<object>();

/**
 * Says of an error that the call which it answers has run no handler, so that its caller hears `delivered: "no"`
 * and may try again. What the error itself says counts for nothing there: it may speak of another call. Returns it.
 */
export function markUnstarted<T extends object>(error: T): T {
  unstarted.add(error);
  return error;
}

/** True for an error of {@link markUnstarted}. */
export function isUnstarted(thrown: unknown): boolean {
  return unstarted.has(thrown as object);
}
