// The control is what Electron's guide shows: invoke, and send with a listener, behind a bridge.
import "@portolan/electron/preload";
import { contextBridge, ipcRenderer } from "electron";
import { exposeElectronTRPC } from "trpc-electron/main";

exposeElectronTRPC();
contextBridge.exposeInMainWorld("byHand", {
  echo: (value) => ipcRenderer.invoke("echo", value),
  items: (count, item, done) => {
    const onItem = (_event, value) => item(value);
    ipcRenderer.on("item", onItem);
    ipcRenderer.once("end", () => {
      ipcRenderer.off("item", onItem);
      done();
    });
    ipcRenderer.send("items", count);
  },
});
