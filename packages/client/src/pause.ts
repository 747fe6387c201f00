import { after } from "@portolan/protocol";

/** Waits so many milliseconds. Resolves with false, at once, when the signal aborts. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const giveUp = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = after(ms, () => {
      signal?.removeEventListener("abort", giveUp);
      resolve(true);
    });
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}
