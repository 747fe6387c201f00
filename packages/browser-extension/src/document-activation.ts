import { onAbort } from "@portolan/protocol";

/** A document, as far as prerendering is concerned. Firefox has no such thing. */
interface PrerenderingDocument {
  readonly prerendering?: boolean;
  addEventListener(type: "prerenderingchange", listener: () => void): void;
  removeEventListener(type: "prerenderingchange", listener: () => void): void;
}

/**
 * Resolves once this context's document is shown: at once, except where Chromium
 * prerenders it (https://wicg.github.io/nav-speculation/prerendering.html).
 * Rejects with the signal's reason.
 */
export function untilActivated(signal: AbortSignal): Promise<void> {
  const { document } = globalThis as { document?: PrerenderingDocument };
  if (!document?.prerendering) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      document.removeEventListener("prerenderingchange", onShown);
      unwatch();
    };
    const onShown = (): void => {
      stop();
      resolve();
    };
    const abort = (): void => {
      stop();
      reject(signal.reason);
    };
    const unwatch = onAbort(signal, abort);
    document.addEventListener("prerenderingchange", onShown);
    if (signal.aborted) abort();
  });
}
