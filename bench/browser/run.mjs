// The same workloads in Chromium: a page and its workers, over MessagePorts.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { rowsOf } from "../workloads.mjs";

const chromium = process.env.CHROME_PATH ?? "/usr/bin/chromium";

/** The rows that this can make, by name. */
export const browserRows = rowsOf("Chromium worker");

/** Measures rows in a page. Where there is no Chromium it says so. */
export async function measureBrowser(chosen, names, options, tell) {
  if (!existsSync(chromium)) return console.log("\nno Chromium here: set CHROME_PATH to measure in a page");
  const files = { "/page.js": await bundle("page.mjs"), "/worker.js": await bundle("worker.mjs") };
  const task = { names, chosen: chosen.map(({ name }) => name), options };
  const profile = mkdtempSync(join(tmpdir(), "portolan-bench-"));
  const server = createServer().listen(0, "127.0.0.1");
  let browser;
  try {
    await new Promise((resolve, reject) => {
      server.on(
        "request",
        (request, response) => void answer(request, response, { files, task, tell, resolve, reject }),
      );
      server.once("listening", () => {
        browser = start(profile, `http://127.0.0.1:${server.address().port}/`);
        browser.once("exit", (code) => reject(new Error(`Chromium ended with exit code ${code}`)));
      });
    });
  } finally {
    server.closeAllConnections();
    server.close();
    if (browser?.exitCode === null) {
      browser.kill();
      await new Promise((resolve) => browser.once("exit", resolve));
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function start(profile, url) {
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", `--user-data-dir=${profile}`];
  return spawn(chromium, [...flags, url], { stdio: "ignore" });
}

async function answer(request, response, { files, task, tell, resolve, reject }) {
  const { url } = request;
  if (files[url]) return response.writeHead(200, { "content-type": "text/javascript" }).end(files[url]);
  if (url === "/task") return response.end(JSON.stringify(task));
  if (request.method !== "POST") {
    response.writeHead(200, { "content-type": "text/html" });
    return response.end('<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>');
  }
  const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
  if (url === "/row") tell(body);
  response.end();
  if (url === "/end") return body.error ? reject(new Error(body.error)) : resolve();
}

async function bundle(entry) {
  const built = await rolldown({
    input: fileURLToPath(new URL(entry, import.meta.url)),
    platform: "browser",
    logLevel: "silent",
    shimMissingExports: true,
    // As its README asks for pages.
    resolve: { alias: { kkrpc: "kkrpc/browser" } },
    plugins: [
      {
        name: "no-node",
        resolveId: (id) => (absent.test(id) ? "\0absent" : null),
        load: (id) => (id === "\0absent" ? "" : null),
      },
    ],
  });
  const { output } = await built.generate({ format: "es", codeSplitting: false });
  await built.close();
  return output[0].code;
}

/** What Node has and a page does not: nothing that runs there calls it. */
const absent = /^(node:.*|ws|comlink\/dist\/esm\/node-adapter\.mjs|@portolan\/websocket\/server)$/;
