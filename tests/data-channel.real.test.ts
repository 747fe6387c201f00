import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectBounded, expectEnded, expectUploaded, fileSize } from "./data-channel-expectations.ts";
import type { DataChannelRuns } from "./data-channel-runs.ts";

/** In the page only. */
declare const runs: DataChannelRuns;

const chrome = process.env["CHROME_PATH"] ?? "/usr/bin/chromium";
const absent = !existsSync(chrome);

/** Loopback is enough, and nobody here resolves the names that pages have instead of addresses. */
const loopbackOnly = ["--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns"];

describe("a data channel of Chromium", () => {
  let browser: Browser;
  let page: Page;
  const site = createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<!doctype html>"));

  beforeAll(async () => {
    if (absent) return;
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    browser = await puppeteer.launch({
      executablePath: chrome,
      headless: true,
      pipe: true,
      args: ["--no-sandbox", "--disable-dev-shm-usage", ...loopbackOnly],
      timeout: 120_000,
    });
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
    await page.addScriptTag({ content: await bundle() });
  });
  beforeEach((context) => {
    if (absent) context.skip("Chromium is not installed: set CHROME_PATH.");
  });
  afterAll(async () => {
    await browser?.close();
    site.close();
  });

  it("R-43 carries a file of 211 000 bytes with its progress, and nothing is left", async () => {
    expectUploaded(await page.evaluate((size) => runs.uploadOver(RTCPeerConnection, size), fileSize));
  });

  it("is not filled beyond its mark, nor with larger messages than it takes", async () => {
    expectBounded(await page.evaluate(() => runs.fillBuffersOf(RTCPeerConnection)));
  });

  it("takes messages while it still connects", async () => {
    expect(await page.evaluate(() => runs.sendEarlyOver(RTCPeerConnection))).toEqual([2, 3]);
  });

  it("ends the calls when the far connection closes", async () => {
    expectEnded(await page.evaluate(() => runs.loseFarEndOf(RTCPeerConnection)));
  });
});

/** data-channel-runs.ts and all that it imports, as one script whose exports are the global `runs`. */
async function bundle(): Promise<string> {
  const input = fileURLToPath(new URL("./data-channel-runs.ts", import.meta.url));
  const built = await rolldown({ input, platform: "browser" });
  const { output } = await built.generate({ format: "iife", name: "runs" });
  await built.close();
  return output[0].code;
}
