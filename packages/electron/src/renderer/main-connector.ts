import {
  type ConnectorOptions,
  checkTransportOptions,
  defineConnector,
  onAbort,
  type SessionSource,
  type Transport,
} from "@portolan/protocol";
import { openMainLink } from "./main-link.ts";
import type { MainTransportOptions } from "./main-transport.ts";

/** Which way to main, and how to redial. */
export interface MainConnectorOptions extends MainTransportOptions, ConnectorOptions {}

/**
 * Connects a page with main, and again whenever the session ends, as when main serves anew or the page comes back
 * from the back/forward cache. Gives up when main refuses this page (PERMISSION_DENIED) or there is no preload
 * (FAILED_PRECONDITION).
 */
export function mainConnector(options: MainConnectorOptions = {}): SessionSource {
  checkTransportOptions(options, ["name"]);
  const { name = "main", trusted = true, ...redial } = options;
  return defineConnector(async (signal: AbortSignal): Promise<Transport> => {
    const { transport, accepted } = openMainLink(name, trusted);
    const unwatch = onAbort(signal, () => transport.close());
    try {
      await accepted;
      return transport;
    } finally {
      unwatch();
    }
  }, redial);
}
