import { after } from "../after.ts";
import { onAbort } from "../on-abort.ts";

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
  const stop = signal && onAbort(signal, abort);
  const timer = !timed ? undefined : after(timeout, expire);
  return () => {
    stop?.();
    if (timer !== undefined) clearTimeout(timer);
  };
}
