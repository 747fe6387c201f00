import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import puppeteer, { type Browser, type CDPSession, type Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const chromium = process.env["CHROME_PATH"] ?? "/usr/bin/chromium";
const firefox = process.env["FIREFOX_PATH"] ?? "/usr/bin/firefox-esr";
const built = existsSync(at("../dist/chromium/manifest.json")) && existsSync(at("../dist/firefox/manifest.json"));
const absentChromium = absence(chromium, "Chromium is not installed: set CHROME_PATH.");
const absentFirefox = absence(firefox, "Firefox is not installed: set FIREFOX_PATH.");

let origin = "";
const server = createServer((request, response) => {
  response.setHeader("content-type", "text/html; charset=utf-8");
  const title = request.url === "/" ? "Harbour guide" : "Tide table";
  response.end(`<!doctype html><title>${title}</title><style>
    body { font: 16px/1.65 system-ui; margin: 0; color: #16232e }
    header { background: linear-gradient(120deg, #0b4f94, #1f8fc4); color: #fff; padding: 40px 56px 32px }
    h1 { margin: 0 } main { padding: 20px 56px; max-width: 30em } td { padding: 2px 28px 2px 0 }</style>
    <header><h1>${title}</h1>From port to port, and back before the tide turns.</header>
    <main><p>Berths 1 to 12 lie along the north quay; visitors tie up at the fuel dock and ask.</p>
    <table><tr><td>Low water<td>08:05<td>0.6 m<tr><td>High water<td>14:20<td>3.9 m<tr><td>Low water<td>20:31<td>0.7 m</table></main>`);
});
const browsers: Browser[] = [];

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  for (const browser of browsers) await browser.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

it("O-01 O-24 O-25 notes in Chromium: pinned, counted live, searched as a stream, kept when the background dies", async (context) => {
  if (absentChromium) context.skip(absentChromium);
  const browser = await puppeteer.launch({
    executablePath: chromium,
    headless: true,
    pipe: true,
    enableExtensions: [at("../dist/chromium")],
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    timeout: 120_000,
    defaultViewport: { width: 900, height: 560 },
  });
  browsers.push(browser);
  const target = await browser.waitForTarget(
    (one) => one.type() === "service_worker" && one.url().endsWith("/background.js"),
  );
  const own = `chrome-extension://${new URL(target.url()).host}`;
  const session = await browser.target().createCDPSession();
  const openOwn = (page: string): Promise<Page> => openIn(browser, `${own}/${page}`);
  await tellTheStory(browser, openOwn, () => endWorkers(session));
});

it("O-01 O-24 O-25 the same in Firefox", async (context) => {
  if (absentFirefox) context.skip(absentFirefox);
  const host = "5e1f7a60-93c1-4f0b-8a3d-2f6f0c4b9d11";
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: firefox,
    headless: true,
    args: ["--remote-allow-system-access"],
    timeout: 120_000,
    extraPrefsFirefox: {
      "extensions.webextensions.uuids": JSON.stringify({ "tab-notes@portolan.example": host }),
      "extensions.background.idle.timeout": 500,
    },
  });
  browsers.push(browser);
  await browser.installExtension(at("../dist/firefox"));
  const open = async (page: string): Promise<Page> => {
    const opened = await browser.newPage();
    // The navigation happens, only its end is never told.
    await opened.goto(`moz-extension://${host}/${page}`, { timeout: 1500 }).catch(() => undefined);
    return opened;
  };
  // Its event page stops by itself, half a second after the last word.
  await tellTheStory(browser, open, async () => undefined);
});

/** What a user does, in either browser. */
async function tellTheStory(
  browser: Browser,
  openOwn: (page: string) => Promise<Page>,
  killBackground: () => Promise<void>,
): Promise<void> {
  const guide = await openIn(browser, `${origin}/`);
  await pinInPage(guide, "Ask for berth 7");
  await pinInPage(guide, "Fuel dock closes at six");
  await expect.poll(() => notesShownIn(guide)).toEqual(["Ask for berth 7", "Fuel dock closes at six"]);

  const popup = await openOwn("popup.html");
  await expect.poll(() => countsShownIn(popup)).toMatchObject({ "Harbour guide": "2" });
  const tides = await openIn(browser, `${origin}/tides`);
  await expect.poll(() => countsShownIn(popup)).toMatchObject({ "Harbour guide": "2", "Tide table": "0" });
  await pinInPage(tides, "High water 14:20");
  await expect.poll(() => countsShownIn(popup)).toMatchObject({ "Tide table": "1" });

  await killBackground();
  // What is kept is in storage: the next background has it, and the popup follows the new one by itself.
  await pinInPage(guide, "Call before noon");
  await expect.poll(() => countsShownIn(popup)).toMatchObject({ "Harbour guide": "3", "Tide table": "1" });
  // The page itself may ask for a number, and for nothing else.
  expect(await guide.evaluate("tabNotes.count()")).toBe(3);

  const panel = await openOwn("panel.html");
  await expect.poll(() => foundIn(panel)).toHaveLength(4);
  await panel.type("input", "water");
  await expect.poll(() => foundIn(panel)).toEqual(["High water 14:20"]);
  await picture(guide, popup, panel, browser);

  await guide.bringToFront();
  await guide.evaluate("document.querySelector('tab-notes').shadowRoot.querySelector('button').click()");
  await expect.poll(() => notesShownIn(guide)).toEqual(["Fuel dock closes at six", "Call before noon"]);
  await expect.poll(() => countsShownIn(popup)).toMatchObject({ "Harbour guide": "2" });
}

/** Ends the service worker, after having the automation look away from it: it would hold up the next one's start. */
async function endWorkers(session: CDPSession): Promise<void> {
  await session.connection()?.send("Target.setAutoAttach", {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
    filter: [{ type: "service_worker", exclude: true }, { type: "page", exclude: true }, {}],
  });
  const { targetInfos } = await session.send("Target.getTargets", { filter: [{}] });
  const running = targetInfos.filter(({ type }) => type === "service_worker");
  expect(running).toHaveLength(1);
  for (const { targetId } of running) await session.send("Target.closeTarget", { targetId });
}

async function openIn(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

async function pinInPage(page: Page, text: string): Promise<void> {
  await page.bringToFront();
  await page.waitForFunction("document.querySelector('tab-notes')");
  await page.evaluate((words) => {
    const shadow = document.querySelector("tab-notes")?.shadowRoot;
    const input = shadow?.querySelector("input");
    if (!input) throw new Error("no board");
    input.value = words;
    shadow?.querySelector("form")?.requestSubmit();
  }, text);
  await page.waitForFunction("document.querySelector('tab-notes').shadowRoot.querySelector('input').value === ''");
}

function notesShownIn(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...(document.querySelector("tab-notes")?.shadowRoot?.querySelectorAll("li") ?? [])].map(
      (item) => item.firstChild?.textContent ?? "",
    ),
  );
}

function countsShownIn(popup: Page): Promise<Record<string, string>> {
  return popup.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll("li")].map((item) => [
        item.querySelector("span")?.textContent,
        item.querySelector("output")?.textContent,
      ]),
    ),
  );
}

function foundIn(panel: Page): Promise<string[]> {
  return panel.evaluate(() => [...document.querySelectorAll("li p")].map((text) => text.textContent ?? ""));
}

/** Page, popup and panel side by side, as a user would have them; PORTOLAN_SHOTS=1 renews the one of the documentation. */
async function picture(guide: Page, popup: Page, panel: Page, browser: Browser): Promise<void> {
  if (process.env["PORTOLAN_SHOTS"] !== "1" || (await browser.version()).startsWith("firefox")) return;
  const shots: string[] = [];
  for (const page of [guide, popup, panel]) {
    await page.bringToFront();
    const small = page !== guide;
    if (small) await page.setViewport({ width: 344, height: 252 });
    shots.push((await page.screenshot({ encoding: "base64" })) as string);
  }
  const board = await browser.newPage();
  await board.setViewport({ width: 1332, height: 660 });
  const [first, second, third] = shots.map((shot) => `<img src="data:image/png;base64,${shot}">`);
  await board.setContent(`<style>
    body { margin: 24px; display: flex; gap: 24px; background: linear-gradient(160deg, #cfdde6, #e9eff3); font: 13px system-ui; color: #5d6f7c }
    figure { margin: 0 0 22px; background: #fff; border-radius: 12px; overflow: hidden; box-shadow: 0 2px 6px #0a1c2b1a, 0 18px 40px #0a1c2b2e }
    figcaption { padding: 9px 14px; background: #eef2f5; border-bottom: 1px solid #dde4e9 }
    img { display: block }</style>
    <div><figure><figcaption>Harbour guide, with its notes</figcaption>${first}</figure></div>
    <div><figure><figcaption>popup</figcaption>${second}</figure><figure><figcaption>side panel</figcaption>${third}</figure></div>`);
  mkdirSync(at("../../../docs/shots"), { recursive: true });
  await board.screenshot({ path: at("../../../docs/shots/extension-tab-notes.png") });
  await board.close();
}

function absence(path: string, sentence: string): string | undefined {
  if (!built) return "The extension is not built: run npm run build in apps/extension-tab-notes.";
  return existsSync(path) ? undefined : sentence;
}
