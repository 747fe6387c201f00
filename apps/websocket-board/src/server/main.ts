import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { serve } from "@portolan/server";
import { webSocketListener } from "@portolan/websocket/server";
import { boardApi, guestOf } from "./api.ts";
import { Board } from "./board.ts";
import { parseCommandLine, usage } from "./command-line.ts";
import { FileShelf } from "./file-shelf.ts";
import { servePages } from "./pages.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const command = parseCommandLine(args);
  switch (command.kind) {
    case "help":
      process.stdout.write(usage);
      return 0;
    case "misuse":
      process.stderr.write(`websocket-board: ${command.why}\n\n${usage}`);
      return 2;
    case "serve":
      return await open(command.port);
  }
}

async function open(wanted: number): Promise<number> {
  const shelf = new FileShelf();
  const http = createServer(servePages(fileURLToPath(new URL("../page", import.meta.url)), shelf));
  try {
    await listening(http, wanted);
  } catch (error) {
    process.stderr.write(
      `websocket-board: port ${wanted} cannot be used (${whyNot(error)}): choose another by --port\n`,
    );
    return 1;
  }
  const { port } = http.address() as AddressInfo;
  const origins = [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
  const listener = webSocketListener({ server: http, path: "/rpc", origins });
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
  return 0;
}

function listening(http: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
}

function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return "something else is there";
  return code === "EACCES" ? "it needs more rights" : message;
}
