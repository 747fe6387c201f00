import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const chrome = process.env["CHROME_PATH"] ?? "/usr/bin/chromium";
const absent = !existsSync(chrome);

/** Tabs in the background draw no frames, by which puppeteer would look otherwise. */
const often = { polling: 50 };

/** Pictures for people: `dist/screenshots`. */
const pictures = fileURLToPath(new URL("../dist/screenshots", import.meta.url));

describe("the board in Chromium", () => {
  let server: { readonly child: ChildProcess; readonly port: number };
  let browser: Browser;
  let ada: Page;
  let bob: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (absent) return;
    mkdirSync(pictures, { recursive: true });
    server = await startServer(0);
    browser = await puppeteer.launch({
      executablePath: chrome,
      headless: true,
      pipe: true,
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
      timeout: 120_000,
    });
    [ada, bob] = [await open("Ada"), await open("Bob")];
  });
  beforeEach((context) => {
    if (absent) context.skip("Chromium is not installed: set CHROME_PATH.");
  });
  afterAll(async () => {
    await browser?.close();
    server?.child.kill("SIGKILL");
  });

  async function open(name: string): Promise<Page> {
    const page = await browser.newPage();
    await page.setViewport({ width: 900, height: 600 });
    page.on("pageerror", (error) => complaints.push(`${name}: ${String(error)}`));
    await page.goto(`http://localhost:${server.port}/?name=${name}`);
    await page.waitForSelector('#banner[data-state="ready"]');
    return page;
  }

  it("shows who is here, in every tab", async () => {
    for (const page of [ada, bob]) await sees(page, "#guests", /Ada.*Bob/);
    await sees(ada, "#guests", /Ada \(you\)/);
  });

  it("a note that one writes appears where the other looks", async () => {
    await ada.bringToFront();
    await ada.click("#add");
    await ada.waitForSelector(".note textarea");
    await ada.type(".note textarea", "buy tea 🌊");
    await bob.waitForFunction(
      () => document.querySelector<HTMLTextAreaElement>(".note textarea")?.value === "buy tea 🌊",
      often,
    );
    await picture(ada, "note-ada");
    await picture(bob, "note-bob");
    await bob.click(".note button");
    await ada.waitForFunction(() => !document.querySelector(".note"), often);
  });

  it("pointers move live", async () => {
    const board = await (await bob.waitForSelector("#board"))?.boundingBox();
    await ada.bringToFront();
    const at = { x: (board?.x ?? 0) + (board?.width ?? 0) / 2, y: (board?.y ?? 0) + (board?.height ?? 0) / 4 };
    await ada.mouse.move(at.x - 50, at.y, { steps: 3 });
    await ada.mouse.move(at.x, at.y, { steps: 5 });
    await bob.bringToFront();
    await bob.waitForFunction(() => document.querySelector<HTMLElement>(".cursor")?.style.left.startsWith("50"), often);
    await sees(bob, ".cursor", /Ada/);
    await picture(bob, "cursor");
  });

  it("a dropped file arrives whole, and can be fetched by everyone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "board-"));
    const file = join(folder, "chart.bin");
    const content = randomBytes(5_000_000);
    writeFileSync(file, content);
    const input = await ada.$<"input">("#choose" as "input");
    await input?.uploadFile(file);
    await sees(bob, ".note a", /chart\.bin \(4883 KiB\)/);
    const url = await bob.$eval(".note a", (link) => (link as HTMLAnchorElement).href);
    const answer = await fetch(url);
    expect(answer.headers.get("content-disposition")).toContain("attachment");
    expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), content)).toBe(0);
    await ada.waitForFunction(() => document.querySelector("#transfers")?.textContent === "", often);
    rmSync(folder, { recursive: true });
  });

  it("who closes the tab is not here any more", async () => {
    const guest = await open("Carol");
    await sees(ada, "#guests", /Carol/);
    await guest.close();
    await ada.waitForFunction(() => !/Carol/.test(document.querySelector("#guests")?.textContent ?? ""), often);
  });

  it("the banner tells the truth while the server is gone, and work done meanwhile arrives", async () => {
    const { port } = server;
    server.child.kill("SIGKILL");
    for (const page of [ada, bob]) await sees(page, "#banner", /connection is lost/);
    await ada.bringToFront();
    await ada.click("#add");
    await picture(ada, "lost");
    server = await startServer(port);
    for (const page of [ada, bob]) await page.waitForSelector('#banner[data-state="ready"]');
    await sees(ada, "#banner", /^$/);
    // The new server began empty: the note made while there was none is all there is.
    for (const page of [ada, bob]) {
      await page.waitForFunction(() => document.querySelectorAll(".note").length === 1, often);
      await sees(page, "#guests", /(Ada.*Bob|Bob.*Ada)/);
    }
    await picture(bob, "found-again");
  });

  it("no page raised an error on the way", () => {
    expect(complaints).toEqual([]);
  });
});

async function sees(page: Page, selector: string, text: RegExp): Promise<void> {
  const fits = (wanted: string, source: string) => {
    const shown = document.querySelector(wanted)?.textContent;
    return shown !== undefined && shown !== null && new RegExp(source).test(shown);
  };
  await page.waitForFunction(fits, often, selector, text.source);
}

async function picture(page: Page, name: string): Promise<void> {
  await page.bringToFront();
  await page.screenshot({ path: join(pictures, `${name}.png`) as `${string}.png` });
}

async function startServer(port: number): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const main = fileURLToPath(new URL("../dist/server/main.js", import.meta.url));
  const child = spawn(process.execPath, [main, "--port", String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<Buffer>((resolve) => child.stdout?.once("data", resolve));
  return { child, port: Number(/:(\d+)\./.exec(String(line))?.[1]) };
}
