// A bundled preload that is itself a client of main, and gives the page what it fetched there.
import "../../../src/preload/index.ts";
import { contextBridge } from "electron";
import { mainTransport } from "../../../src/renderer/index.ts";

const transport = mainTransport({ name: "preload" });
const answer = new Promise((done) => transport.receive(done));
transport.send(["from the preload"]);
contextBridge.exposeInMainWorld("fromPreload", { answer: () => answer });
