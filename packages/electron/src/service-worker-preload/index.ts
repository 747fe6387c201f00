/**
 * @packageDocumentation The whole preload of a service worker: it leaves the worker's script the way to speak with main,
 * and nothing else. Import it for its effect; bundles take it in. Which worker gets through is decided in main, by
 * `serviceWorkerListener({ allow })`.
 */
import { contextBridge, ipcRenderer } from "electron";
import { type WorkerHand, workerWord } from "../words.ts";

const hand: WorkerHand = (hear) => {
  ipcRenderer.on(workerWord, (_event, word: unknown) => hear(word));
  return (word) => ipcRenderer.send(workerWord, word);
};

contextBridge.executeInMainWorld({
  // Its source is run in the other world: it can name nothing of this file.
  func: (given: unknown) => {
    Object.defineProperty(globalThis, Symbol.for("portolan.electron.worker"), { value: given, configurable: true });
  },
  args: [hand],
});
