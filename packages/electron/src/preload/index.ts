/**
 * @packageDocumentation The whole preload: it hands a page's port to main, and exposes nothing else. Import it for its
 * effect; bundles take it in. Which page gets through is decided in main, by `rendererListener({ allow })`.
 */
import { ipcRenderer } from "electron";
import { connectWord, handOver } from "../words.ts";

const hand = (request: unknown, port: MessagePort): void => ipcRenderer.postMessage(connectWord, request, [port]);

// For a client inside this preload. With contextIsolation the page's world does not see it.
Object.defineProperty(globalThis, handOver, { value: hand, configurable: true });

addEventListener("message", (event: MessageEvent) => {
  const request: unknown = event.data?.[connectWord];
  const [port] = event.ports;
  if (request === undefined || port === undefined || event.source !== window) return;
  // Taken: a page that hears its own request knows that there is no preload.
  event.stopImmediatePropagation();
  hand(request, port);
});
