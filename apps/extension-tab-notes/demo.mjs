/**
 * Says how to load the extension, and opens Chromium with it where there is one
 * and a display: `npm run demo:extension`, with `-- --no-open` only the first.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const unknown = process.argv.slice(2).find((arg) => arg !== "--no-open");
if (unknown !== undefined) {
  console.error(`extension-tab-notes: expected --no-open or nothing, got "${unknown}"`);
  process.exit(2);
}

const folder = (name) => join(fileURLToPath(new URL("dist", import.meta.url)), name);
console.log(`The extension is built. To load it by hand:

  Chrome, Edge, Chromium   chrome://extensions → Developer mode → Load unpacked → ${folder("chromium")}
  Firefox                  about:debugging → This Firefox → Load Temporary Add-on → ${join(folder("firefox"), "manifest.json")}

Then open any web page: pin a note in its lower right corner, click the extension's icon for the tabs and their
counts, and "search all" there for the side panel. Stop the service worker in chrome://serviceworker-internals whenever you
like: nothing is lost.`);

const chromium = [
  process.env.CHROME_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
].find((path) => path && existsSync(path));
const display = process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
if (process.argv.includes("--no-open")) {
  console.log("\nNot opening a browser, as told.");
} else if (!chromium || !display) {
  console.log(
    `\nNo browser is opened: ${chromium ? "there is no display" : "no Chromium is found (CHROME_PATH names one)"}.`,
  );
} else {
  await open(chromium);
}

async function open(executablePath) {
  const { default: puppeteer } = await import("puppeteer-core");
  const browser = await puppeteer.launch({
    executablePath,
    headless: false,
    pipe: true,
    defaultViewport: null,
    enableExtensions: [folder("chromium")],
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  const [page] = await browser.pages();
  await page.goto("https://example.com").catch(() => undefined);
  console.log("\nChromium is open with it. Close it, or press Ctrl-C, to end.");
  await new Promise((closed) => browser.once("disconnected", closed));
}
