import { RpcError } from "@portolan/protocol";
import { type ConnectRequest, connectWord, handOver } from "../words.ts";

/** A port that is on its way to main. */
export interface Asked {
  readonly port: MessagePort;
  /** Stops listening for the sign that there is no preload. Quiet when called twice. */
  settle(): void;
}

/**
 * Makes a channel and hands one end to main, by way of the preload.
 *
 * @param noPreload Hears that nobody took it: this page has no preload of Portolan's, or this is no page. Called later.
 */
export function askMain(request: ConnectRequest, noPreload: (error: RpcError) => void): Asked {
  const { port1, port2 } = new MessageChannel();
  if (typeof window === "undefined") {
    queueMicrotask(() => noPreload(missing(noPageSentence)));
    return { port: port1, settle() {} };
  }
  // In a preload itself there is a shorter way than over the page's messages.
  const hand = (globalThis as { [handOver]?: (request: ConnectRequest, port: MessagePort) => void })[handOver];
  if (hand) {
    hand(request, port2);
    return { port: port1, settle() {} };
  }
  const mine = [...request];
  const onMessage = (event: MessageEvent): void => {
    // The preload stops the event, so hearing it says that there is none.
    if (event.source !== window || event.ports[0] === undefined || !sameRequest(event.data, mine)) return;
    settle();
    noPreload(missing(noPreloadSentence));
  };
  const settle = (): void => window.removeEventListener("message", onMessage);
  window.addEventListener("message", onMessage);
  // Our own window: the origin of a page loaded from a file has no name that could be given here.
  window.postMessage({ [connectWord]: mine }, "*", [port2]);
  return { port: port1, settle };
}

function sameRequest(data: unknown, [to, name]: readonly unknown[]): boolean {
  const asked: unknown = (data as Record<string, unknown> | null)?.[connectWord];
  return Array.isArray(asked) && asked[0] === to && asked[1] === name;
}

const noPageSentence =
  "this is no page: only pages are given ports, and a service worker reaches main after registerPreload(session, { serviceWorkers: true }) there";

const noPreloadSentence =
  'this page has no preload of Portolan\'s: call registerPreload() in main before the window opens, or import "@portolan/electron/preload" in its preload';

function missing(why: string): RpcError {
  return new RpcError("FAILED_PRECONDITION", why, { delivered: "no" });
}
