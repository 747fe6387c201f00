import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { serve } from "@portolan/server";
import { webSocketListener } from "@portolan/websocket/server";
import { boardApi, guestOf } from "./api.ts";
import { Board } from "./board.ts";
import { FileShelf } from "./file-shelf.ts";
import { servePages } from "./pages.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "5180" } } });
const shelf = new FileShelf();
const http = createServer(servePages(fileURLToPath(new URL("../page", import.meta.url)), shelf));
await new Promise<void>((resolve, reject) => {
  http.once("error", reject).listen(Number(values.port), "127.0.0.1", resolve);
});
const address = http.address();
const port = typeof address === "object" ? address?.port : undefined;

const listener = webSocketListener({
  server: http,
  path: "/rpc",
  origins: [`http://localhost:${port}`, `http://127.0.0.1:${port}`],
});
const board = serve(listener, boardApi(new Board(), shelf), { context: guestOf });
await board.ready;
console.log(`The board is at http://localhost:${port}. Open it in two tabs; Ctrl-C ends it.`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await board.close({ drain: 2_000 });
    http.close();
    http.closeAllConnections();
  });
}
