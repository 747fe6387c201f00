import type { Transport } from "@portolan/protocol";
import { hearPage, pageWindow, postToPage } from "./page-window.ts";
import { privatePortTransport, wholePort } from "./private-port.ts";

/** How a content script finds the script in its page. */
export interface PageTransportOptions {
  /** The name that both give, so that extensions do not meet by accident. Default `"portolan"`. */
  readonly name?: string;
  /** Whether the page is as trusted as our own code. Default false: any script of the page may be the one that asks. */
  readonly trusted?: boolean;
}

/**
 * From a content script to a script in the MAIN world of its page, which dials
 * `contentScriptConnector` of the same name. They speak through a MessagePort
 * that is handed over once, to the first script of this very window that asks;
 * what is sent before waits in the port. Frames, other extensions and later
 * comers have no way in. Forging the asking message gains a page nothing that
 * it could not have: treat what comes from it as the page's.
 */
export function pageTransport(options: PageTransportOptions = {}): Transport {
  const { name = "portolan", trusted = false } = options;
  const window = pageWindow();
  const { port1, port2 } = new MessageChannel();
  const stop = hearPage(window, name, (message, event) => {
    if (message.portolan !== "wanted") return;
    stop();
    event.stopImmediatePropagation();
    postToPage(window, { portolan: "port", name, id: message.id, ...wholePort }, [port2]);
  });
  const { origin, href } = window.location;
  const peer = { kind: "extension-page-script", name, origin, url: href };
  const transport = privatePortTransport(port1, { peer, trusted, ended: () => stop() });
  postToPage(window, { portolan: "here", name });
  return transport;
}
