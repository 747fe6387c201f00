// A bundled preload that is itself a client of main, and gives the page what it fetched there.
import "@portolan/electron/preload";
import { mainTransport } from "@portolan/electron/renderer";
import { contextBridge } from "electron";

const transport = mainTransport({ name: "preload" });
const answer = new Promise((done) => transport.receive(done));
transport.send(["from the preload"]);
contextBridge.exposeInMainWorld("fromPreload", { answer: () => answer });
