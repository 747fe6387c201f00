/** A page's window, as far as leaving it is concerned. */
interface LeavableWindow {
  readonly document?: unknown;
  addEventListener(type: "pagehide", listener: (event: { readonly isTrusted: boolean }) => void): void;
  removeEventListener(type: "pagehide", listener: (event: { readonly isTrusted: boolean }) => void): void;
}

/**
 * Calls back when this context's page is left, for good or into the cache of pages.
 * Chromium ends the ports of cached pages by itself; Firefox leaves them open, and
 * whoever waits at the other end waits for nothing. Returns the way to stop.
 */
export function whenPageHides(left: () => void): () => void {
  const { window } = globalThis as { window?: LeavableWindow };
  if (!window?.document) return () => {};
  const onHide = ({ isTrusted }: { readonly isTrusted: boolean }): void => {
    // Any script of the page can make such an event.
    if (isTrusted) left();
  };
  window.addEventListener("pagehide", onHide);
  return () => window.removeEventListener("pagehide", onHide);
}
