// The preload as one self-contained file, for `webPreferences.preload` and `registerPreload()`. The same as
// preload/index.ts, in CommonJS: a sandboxed preload can load nothing else.
const { ipcRenderer } = require("electron") as typeof import("electron");

type Hand = (request: unknown, port: MessagePort) => void;
const hand: Hand = (request, port) => ipcRenderer.postMessage("portolan:connect", request, [port]);
Object.defineProperty(globalThis, Symbol.for("portolan.electron.connect"), { value: hand, configurable: true });
addEventListener("message", (event: MessageEvent) => {
  const request: unknown = event.data?.["portolan:connect"];
  const [port] = event.ports;
  if (request === undefined || port === undefined || event.source !== window) return;
  event.stopImmediatePropagation();
  hand(request, port);
});
