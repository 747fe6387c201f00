import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../../", import.meta.url));
const doors = ["protocol", "client", "websocket", "conformance"];
const script = `
  import * as client from "@portolan/client";
  import * as websocket from "@portolan/websocket";
  import * as conformance from "@portolan/conformance";
  globalThis.portolan = { client, websocket, conformance };
`;

/** What the page of {@link serveDist} has as `portolan`. */
export interface PortolanOfPage {
  readonly client: typeof import("@portolan/client");
  readonly websocket: typeof import("../../src/index.ts");
  readonly conformance: typeof import("@portolan/conformance");
}

/** Serves the built packages to a browser, and a page that has them as the global `portolan`. */
export async function serveDist(): Promise<{ readonly url: string; readonly server: Server; close(): Promise<void> }> {
  const imports = Object.fromEntries(doors.map((name) => [`@portolan/${name}`, `/${name}/dist/index.js`]));
  const page = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script><script type="module">${script}</script>`;
  const server = createServer(async (request, response) => {
    const file = /^\/([a-z-]+\/dist\/[\w./-]+\.js)$/.exec(request.url ?? "")?.[1];
    if (file === undefined || file.includes("..")) {
      response.setHeader("Content-Type", "text/html").end(request.url === "/" ? page : "");
      return;
    }
    response.setHeader("Content-Type", "text/javascript").end(await readFile(packages + file).catch(() => ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
