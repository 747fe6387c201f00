/** Timers of more milliseconds fire at once: a signed 32-bit limit of every platform. */
export const longestTimer: number = 2 ** 31 - 1;

/**
 * Watches a call's signal and its clock, where it has them. Returns the way to
 * stop, which is quiet the second time; undefined where there is nothing to watch.
 */
export function watchCall(
  signal: AbortSignal | undefined,
  timeout: number | undefined,
  { abort, expire }: { abort(): void; expire(): void },
): (() => void) | undefined {
  const timed = timeout !== undefined && timeout !== Number.POSITIVE_INFINITY;
  if (!signal && !timed) return undefined;
  signal?.addEventListener("abort", abort, { once: true });
  const timer = !timed ? undefined : setTimeout(expire, Math.min(timeout, longestTimer));
  return () => {
    signal?.removeEventListener("abort", abort);
    if (timer !== undefined) clearTimeout(timer);
  };
}
