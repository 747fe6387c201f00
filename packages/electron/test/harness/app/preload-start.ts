// Start-up values for a page, as the README gives them: from main's arguments to the sandboxed preload.
import { contextBridge } from "electron";

const theme = process.argv.find((argument) => argument.startsWith("--theme="))?.slice("--theme=".length);
contextBridge.exposeInMainWorld("start", { theme });
