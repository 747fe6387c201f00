import {
  type ConnectorOptions,
  defineConnector,
  onAbort,
  RpcError,
  randomHex,
  type SessionSource,
  type Transport,
} from "@portolan/protocol";
import { needed } from "./needed.ts";
import { hearPage, pageWindow, postToPage } from "./page-window.ts";
import { privatePortTransport } from "./private-port.ts";

/** How a script of the page finds the content script. */
export interface ContentScriptConnectorOptions extends ConnectorOptions {
  /** Asks when there is something to send, and not before, so that a background behind a relay may sleep. Default true. */
  readonly lazy?: boolean;
  /** The name that both give. Default `"portolan"`. */
  readonly name?: string;
  /** Whether the other end is as trusted as our own code. Default false. */
  readonly trusted?: boolean;
}

/**
 * From a script in the MAIN world of a page to the extension's content script:
 * to itself, where it has a `pageTransport`, or through it to the background, where
 * it runs `relayPages`. Waits until the content script is there, and asks again
 * when the way is lost. PERMISSION_DENIED is final, and FAILED_PRECONDITION where there is no window.
 */
export function contentScriptConnector(options: ContentScriptConnectorOptions = {}): SessionSource {
  const { name = "portolan", trusted = false } = options;
  const nearby = { first: 20, longest: 2000 };
  return defineConnector((abort) => askForPort(name, trusted, abort), { lazy: true, backoff: nearby, ...options });
}

/** Asks once. Rejects with what the content script refuses with, and with the signal's reason. */
export function askForPort(name: string, trusted: boolean, signal: AbortSignal): Promise<Transport> {
  const window = needed(pageWindow);
  const id = randomHex(2);
  return new Promise((resolve, reject) => {
    const ask = (): void => postToPage(window, { portolan: "wanted", name, id });
    const finish = (): void => {
      stop();
      unwatch();
    };
    const abort = (): void => {
      finish();
      reject(signal.reason);
    };
    const unwatch = onAbort(signal, abort);
    const stop = hearPage(window, name, (message, event) => {
      if (message.portolan === "here") return ask();
      if (message.portolan === "wanted" || message.id !== id) return;
      event.stopImmediatePropagation();
      finish();
      const [port] = event.ports;
      const peer = { kind: "extension-content-script", name };
      if (message.portolan === "refused") reject(refusal(message.code, message.message));
      else if (port) resolve(privatePortTransport(port, { peer, trusted, way: message, watch: true }));
      else reject(new RpcError("UNAVAILABLE", "the content script sent no port", { delivered: "no" }));
    });
    if (signal.aborted) abort();
    else ask();
  });
}

function refusal(code: string, message: string): RpcError {
  const known = code === "PERMISSION_DENIED" || code === "FAILED_PRECONDITION" || code === "RESOURCE_EXHAUSTED";
  return new RpcError(known ? code : "UNAVAILABLE", message, { delivered: "no" });
}
