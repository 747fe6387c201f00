// The main process: opens windows, serves them, and deals ports between them.
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { connectFrames, rendererListener } from "@portolan/electron/main";
import { relay } from "@portolan/protocol";
import { type Server, serve } from "@portolan/server";
import { portTransport } from "@portolan/worker-threads";
import { BrowserWindow, nativeTheme, utilityProcess } from "electron";
import { makeApi } from "./api.ts";
import { installMenu } from "./menu.ts";

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const page = file("index.html");

/** The app, as its menu and its end-to-end test see it. */
export interface Started {
  readonly server: Server;
  openWindow(): Promise<BrowserWindow>;
}

/** Starts everything. The sources of this repository are what is indexed. */
export async function startWorkbench(): Promise<Started> {
  const folder = process.env["PORTOLAN_WORKBENCH_FOLDER"] ?? file("../../../packages");
  const server = serve(rendererListener({ allow: page }), makeApi({ openWindow, folder }));
  const indexer = utilityProcess.fork(file("indexer.mjs"));
  serveThumbnails();
  installMenu(server);
  await openWindow();
  return { server, openWindow };

  async function openWindow(): Promise<BrowserWindow> {
    const window = new BrowserWindow({
      width: 1240,
      height: 780,
      title: "Portolan workbench",
      backgroundColor: nativeTheme.shouldUseDarkColors ? "#0f1728" : "#f4efe3",
      webPreferences: { preload: file("preload.cjs"), sandbox: true },
    });
    // Pattern 4: the windows edit one document, and index, without main in between.
    for (const other of BrowserWindow.getAllWindows()) {
      if (other !== window) connectFrames(window, other, { name: "document" });
    }
    connectFrames(window, indexer, { name: "indexer" });
    await window.loadFile(page);
    return window;
  }
}

/** A page reaches the thread through main, which decodes nothing. */
function serveThumbnails(): void {
  const worker = new Worker(new URL("thumbnails.mjs", import.meta.url));
  worker.unref();
  const listener = rendererListener({ allow: page, name: "thumbnails" });
  listener.accept((window) => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(port2, [port2 as never]);
    relay(
      window,
      portTransport(() => port1 as never),
    );
  }, console.error);
}
