import { checkTransportOptions, type Transport } from "@portolan/protocol";
import { openMainLink } from "./main-link.ts";

/** Which way to main. */
export interface MainTransportOptions {
  /** The name of the `rendererListener` (for a service worker, of the `serviceWorkerListener`) in main. Default `"main"`. */
  readonly name?: string;
  /** Whether main is as trusted as this page. Default true. */
  readonly trusted?: boolean;
}

/**
 * A transport from a page, or from its bundled preload, to main. Usable at once; it lives as long as this document.
 * Ends with PERMISSION_DENIED when main's `rendererListener` does not allow this page, with FAILED_PRECONDITION when
 * there is no preload, and with UNAVAILABLE when nobody listens in main.
 * It moves ports only: an ArrayBuffer is copied.
 *
 * In a service worker it leads to main's `serviceWorkerListener`, lives until the worker stops, carries text, and moves
 * nothing.
 */
export function mainTransport(options: MainTransportOptions = {}): Transport {
  checkTransportOptions(options, ["name"]);
  const { name = "main", trusted = true } = options;
  return openMainLink(name, trusted).transport;
}
