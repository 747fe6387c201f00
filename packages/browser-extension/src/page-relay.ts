import { onAbort, RpcError, relay, type Transport } from "@portolan/protocol";
import {
  hearPage,
  type PageWindow,
  pageWindow,
  postToPage,
  type WayOnwards,
  type WindowMessageEvent,
} from "./page-window.ts";
import { privatePortTransport } from "./private-port.ts";
import { dialRuntime, patientDial, type RuntimeConnectorOptions } from "./runtime-connector.ts";

/** How {@link relayPages} relays. */
export interface PageRelayOptions extends Pick<RuntimeConnectorOptions, "to" | "keepAlive"> {
  /** The name that page and content script give. Default `"portolan"`. */
  readonly name?: string;
  /** Stops relaying, and ends the relays that run, when aborted. */
  readonly signal?: AbortSignal;
}

/** How many scripts of one document may be relayed at a time. */
const maxRelays = 16;

/**
 * Runs in a content script: joins each script of the page that dials
 * `contentScriptConnector` with a port of its own to the background, which knows
 * such peers as `extension-relayed-page` and allows them by `allow.relayedPages`. Messages
 * are passed on undecoded, and the end of either side is the end of both.
 * Returns the way to stop.
 */
export function relayPages(options: PageRelayOptions = {}): () => void {
  const { name = "portolan", signal } = options;
  const window = pageWindow();
  const abort = new AbortController();
  const running = new Set<string>();
  const dial = patientDial((waiting, patience) => dialRuntime(options, "page", { signal: waiting, patience }));
  const stopHearing = hearPage(window, name, (message, event) => {
    if (message.portolan === "wanted") void answer(message.id, event);
  });
  const unwatch = signal && onAbort(signal, stop);
  if (signal?.aborted) stop();
  else postToPage(window, { portolan: "here", name });
  return stop;

  function stop(): void {
    stopHearing();
    unwatch?.();
    abort.abort(new RpcError("UNAVAILABLE", "the content script stopped relaying", { delivered: "no" }));
  }

  async function answer(id: string, event: WindowMessageEvent): Promise<void> {
    event.stopImmediatePropagation();
    if (running.has(id)) return; // asked twice: the answer is on its way
    if (running.size >= maxRelays) return refuse(window, name, id, tooMany());
    running.add(id);
    try {
      const background = await dial(abort.signal);
      background.onClose(() => running.delete(id));
      const port = join(background, { name, window }, abort.signal);
      postToPage(window, { portolan: "port", name, id, ...wayBehind(background) }, [port]);
    } catch (error) {
      running.delete(id);
      refuse(window, name, id, RpcError.from(error, "UNAVAILABLE", "no"));
    }
  }
}

/** Joins the background with a port of the page's, until either ends or `stopped` aborts. Returns the page's end of it. */
function join(
  background: Transport,
  { name, window }: { readonly name: string; readonly window: PageWindow },
  stopped: AbortSignal,
): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const { origin, href } = window.location;
  const peer = { kind: "extension-page-script", name, origin, url: href };
  const joined = relay(privatePortTransport(port1, { peer, trusted: false }), background);
  background.onClose(onAbort(stopped, () => joined.close()));
  return port2;
}

function wayBehind({ traits }: Transport): WayOnwards {
  return { carries: traits.carries === "clone" ? "clone" : "json", maxMessage: traits.maxMessage };
}

function refuse(window: PageWindow, name: string, id: string, { code, message }: RpcError): void {
  postToPage(window, { portolan: "refused", name, id, code, message });
}

function tooMany(): RpcError {
  return new RpcError("RESOURCE_EXHAUSTED", `${maxRelays} scripts of this page are relayed already`, {
    delivered: "no",
  });
}
