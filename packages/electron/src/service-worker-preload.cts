// The preload of service workers as one self-contained file, for `registerPreload(session, { serviceWorkers: true })`. The
// same as service-worker-preload/index.ts, in CommonJS.
const { contextBridge, ipcRenderer } = require("electron") as typeof import("electron");

type Hear = (word: unknown) => void;
const hand = (hear: Hear) => {
  ipcRenderer.on("portolan:worker", (_event: unknown, word: unknown) => hear(word));
  return (word: unknown): void => ipcRenderer.send("portolan:worker", word);
};
contextBridge.executeInMainWorld({
  func: (given: unknown) => {
    Object.defineProperty(globalThis, Symbol.for("portolan.electron.worker"), { value: given, configurable: true });
  },
  args: [hand],
});
