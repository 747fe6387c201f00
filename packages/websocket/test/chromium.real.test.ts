import { existsSync } from "node:fs";
import { serveConformance } from "@portolan/conformance";
import { type RpcError, type Server, serve } from "@portolan/server";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { webSocketListener } from "../src/server/index.ts";
import { type PortolanOfPage, serveDist } from "./support/dist-site.ts";

/** In the page only. */
declare const portolan: PortolanOfPage;

interface Api {
  add(a: number, b: number): number;
}

const chrome = process.env["CHROME_PATH"] ?? "/usr/bin/chromium";
const absent = !existsSync(chrome);

describe("a page in Chromium", () => {
  let site: Awaited<ReturnType<typeof serveDist>>;
  let browser: Browser;
  let page: Page;
  const cleanups: (() => unknown)[] = [];

  beforeAll(async () => {
    if (absent) return;
    site = await serveDist();
    browser = await puppeteer.launch({
      executablePath: chrome,
      headless: true,
      pipe: true,
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
      timeout: 120_000,
      protocolTimeout: 400_000,
    });
    page = await browser.newPage();
    await page.goto(site.url);
    await page.waitForFunction("globalThis.portolan");
  });
  beforeEach((context) => {
    if (absent) context.skip("Chromium is not installed: set CHROME_PATH.");
  });
  afterAll(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
    await browser?.close();
    await site?.close();
  });

  function api(path: string, origins: string[]): Server {
    const listener = webSocketListener({ server: site.server, path, origins });
    const server = serve(listener, { add: (a: number, b: number) => a + b }, { onError: () => {} });
    cleanups.push(() => server.close());
    return server;
  }

  it("R-02 calls over the browser's own WebSocket, by the connector", async () => {
    const server = api("/rpc", [site.url]);
    const sum = await page.evaluate(async () => {
      const { createClient } = portolan.client;
      const { webSocketConnector } = portolan.websocket;
      const client = createClient<Api>(webSocketConnector(`${location.origin.replace("http", "ws")}/rpc`));
      const sum = await client.add(1, 2);
      await client.close();
      return sum;
    });
    expect(sum).toBe(3);
    await expect.poll(() => server.sessions.size).toBe(0);
  });

  it("a page of another origin is not let in", async () => {
    api("/private", ["https://app.example"]);
    const state = await page.evaluate(async () => {
      const { createClient, status } = portolan.client;
      const { webSocketConnector } = portolan.websocket;
      const url = `${location.origin.replace("http", "ws")}/private`;
      const client = createClient<Api>(webSocketConnector(url, { attempts: 2, backoff: { first: 1 } }));
      const error = await client.add(1, 2).catch((thrown: unknown) => thrown as RpcError);
      return [(error as RpcError).code, (error as RpcError).delivered, status(client).state];
    });
    expect(state).toEqual(["UNAVAILABLE", "no", "closed"]);
  });

  it.each([false, true])("keeps every promise of the conformance suite (binary frames: %s)", async (binary) => {
    const path = binary ? "/binary" : "/text";
    const listener = webSocketListener({ server: site.server, path, origins: [site.url], binary });
    listener.accept(
      (transport) => void serveConformance(transport),
      (error) => expect(error).toBeUndefined(),
    );
    cleanups.push(() => listener.close());
    const results = await page.evaluate(
      async (path, binary) => {
        const { runConformance } = portolan.conformance;
        const { webSocketTransport } = portolan.websocket;
        const url = location.origin.replace("http", "ws") + path;
        const results = await runConformance({
          connect: () => ({ near: webSocketTransport(() => new WebSocket(url), { binary }) }),
        });
        return results.map(({ group, name, outcome, error }) => ({
          name: `${group}: ${name}`,
          outcome,
          error: error && String((error as Error).stack ?? error),
        }));
      },
      path,
      binary,
    );
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === "passed").length).toBeGreaterThan(80);
  });
});
