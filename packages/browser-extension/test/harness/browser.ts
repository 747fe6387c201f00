import { existsSync } from "node:fs";
import puppeteer, { type Browser, type Page, type WebWorker } from "puppeteer-core";

/** A browser with our extension in it. */
export interface ExtensionBrowser {
  readonly kind: "chromium" | "firefox";
  readonly extensionId: string;
  open(url: string): Promise<Page>;
  /** Opens one of the extension's own pages in a tab. Firefox: of the n-th extension that is installed, from 0. */
  openOwn(path: string, extension?: number): Promise<Page>;
  /** Chromium: the background, started if need be. */
  worker(): Promise<WebWorker>;
  /** Chromium: has the automation look away from the background, which then lives and dies as it does for users. */
  leaveWorkerAlone(): Promise<void>;
  /** Ends the background, as the browser would. */
  killWorker(): Promise<void>;
  /** Chromium: whether the background runs. */
  workerRuns(): Promise<boolean>;
  /** Chromium: opens a page in a tab of its own without a look at it. */
  openUnseen(url: string): Promise<void>;
  readonly browser: Browser;
  close(): Promise<void>;
}

export const chromePath: string = process.env["CHROME_PATH"] ?? "/usr/bin/chromium";
export const firefoxPath: string = process.env["FIREFOX_PATH"] ?? "/usr/bin/firefox-esr";

/** Why a browser cannot be driven here, or `undefined` when it can. */
export function missing(kind: "chromium" | "firefox"): string | undefined {
  if (kind === "chromium") return existsSync(chromePath) ? undefined : "Chromium is not installed: set CHROME_PATH.";
  return existsSync(firefoxPath) ? undefined : "Firefox is not installed: set FIREFOX_PATH.";
}

/** As root, and where /dev/shm is as small as in containers. */
const chromiumArguments = ["--no-sandbox", "--disable-dev-shm-usage"];
/** The first start on a new machine reads half a gigabyte from a cold disk; in ms. */
const firstStart = 120_000;

/** One question to a page may be the whole kit; in ms. */
const protocolTimeout = 400_000;

/** How Chromium is driven. */
export interface ChromiumOptions {
  /** Leaves web pages alone: a page that is inspected does not prerender. Default false. */
  readonly unseenPages?: boolean;
  /** Opens the developer tools beside each page, which needs a display. Default false. */
  readonly devtools?: boolean;
  /** Its profile. Default: a fresh one. */
  readonly userDataDir?: string;
}

export async function launchChromium(
  folders: readonly string[],
  options: ChromiumOptions = {},
): Promise<ExtensionBrowser> {
  const browser = await puppeteer.launch({
    executablePath: chromePath,
    headless: !options.devtools,
    devtools: options.devtools ?? false,
    pipe: true,
    enableExtensions: [...folders],
    // A headed one would paint in software, and slowly.
    args: options.devtools ? [...chromiumArguments, "--disable-gpu"] : chromiumArguments,
    timeout: firstStart,
    protocolTimeout,
    ...(options.userDataDir === undefined ? {} : { userDataDir: options.userDataDir }),
    ...(options.unseenPages ? { waitForInitialPage: false, targetFilter: (target) => target.type() !== "page" } : {}),
  });
  const first = await browser.waitForTarget((target) => isBackground(target.type(), target.url()), {
    timeout: firstStart,
  });
  const extensionId = new URL(first.url()).host;
  const session = await browser.target().createCDPSession();
  const worker = async (): Promise<WebWorker> => {
    const target = await browser.waitForTarget(
      (one) => isBackground(one.type(), one.url()) && new URL(one.url()).host === extensionId,
    );
    const found = await target.worker();
    if (!found) throw new Error("the service worker has gone");
    return found;
  };
  const backgrounds = async () => {
    const { targetInfos } = await session.send("Target.getTargets", { filter: [{}] });
    return targetInfos.filter((one) => isBackground(one.type, one.url));
  };
  return {
    kind: "chromium",
    extensionId,
    browser,
    worker,
    async leaveWorkerAlone() {
      // What puppeteer asks for, less the service workers, whose start it would hold up.
      await session.connection()?.send("Target.setAutoAttach", {
        autoAttach: true,
        waitForDebuggerOnStart: true,
        flatten: true,
        filter: [{ type: "service_worker", exclude: true }, { type: "page", exclude: true }, {}],
      });
      await (await worker()).close().catch(() => undefined);
    },
    workerRuns: async () => (await backgrounds()).length > 0,
    async killWorker() {
      const running = await backgrounds();
      if (running.length === 0) throw new Error("there is no service worker to kill");
      for (const { targetId } of running) await session.send("Target.closeTarget", { targetId });
    },
    async openUnseen(url) {
      await session.send("Target.createTarget", { url });
    },
    open: (url) => opened(browser, url),
    openOwn: (path) => opened(browser, `chrome-extension://${extensionId}/${path}`),
    close: () => browser.close(),
  };
}

export interface FirefoxOptions {
  readonly id: string;
  /** Extensions that will be installed too. */
  readonly others?: readonly string[];
  /** Opens the developer tools beside the first page. Default false. */
  readonly devtools?: boolean;
  /** Its user's home. Default: ours. */
  readonly home?: string;
  readonly preferences?: Record<string, string | number | boolean>;
}

/** The origins that extensions get, by the order of their installation. */
const firefoxHosts = [
  "0c9e3c2a-7a34-4f8c-9d7b-5b8a6e1f2d30",
  "1c9e3c2a-7a34-4f8c-9d7b-5b8a6e1f2d31",
  "2c9e3c2a-7a34-4f8c-9d7b-5b8a6e1f2d32",
];

export async function launchFirefox(folder: string, options: FirefoxOptions): Promise<ExtensionBrowser> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: firefoxPath,
    headless: true,
    args: ["--remote-allow-system-access", ...(options.devtools ? ["--devtools"] : [])],
    timeout: firstStart,
    protocolTimeout,
    ...(options.home === undefined ? {} : { env: { ...process.env, HOME: options.home } }),
    extraPrefsFirefox: {
      "extensions.webextensions.uuids": JSON.stringify(
        Object.fromEntries([options.id, ...(options.others ?? [])].map((id, index) => [id, firefoxHosts[index]])),
      ),
      "extensions.openPopupWithoutUserGesture.enabled": true,
      // Tabs behind others keep their pace.
      "dom.min_background_timeout_value": 4,
      "dom.min_background_timeout_value_without_budget_throttling": 4,
      "dom.timeout.enable_budget_timer_throttling": false,
      ...options.preferences,
    },
  });
  await browser.installExtension(folder);
  let debugging: Promise<Page> | undefined;
  return {
    kind: "firefox",
    extensionId: options.id,
    browser,
    worker: () => Promise.reject(new Error("Firefox has no service worker here")),
    leaveWorkerAlone: () => Promise.resolve(),
    async killWorker() {
      debugging ??= openDebugging(browser);
      await (await debugging).evaluate(`document.querySelector("${terminateButton}").click()`);
    },
    workerRuns: () => Promise.reject(new Error("Firefox has no service worker here")),
    openUnseen: () => Promise.reject(new Error("Firefox does not prerender")),
    open: (url) => opened(browser, url),
    async openOwn(path, extension = 0) {
      const page = await browser.newPage();
      // The navigation happens, only its end is never told.
      await page.goto(`moz-extension://${firefoxHosts[extension]}/${path}`, { timeout: 1500 }).catch(() => undefined);
      return page;
    },
    close: () => browser.close(),
  };
}

const terminateButton = ".qa-temporary-extension-terminate-bgscript-button";

/** Firefox's own page for developers: its button ends a background just as its idle time does. */
async function openDebugging(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await page.goto("about:debugging#/runtime/this-firefox", { timeout: 1500 }).catch(() => undefined);
  // The page lets nobody make functions, so puppeteer's own way to wait fails.
  while (!(await page.evaluate(`document.querySelector("${terminateButton}") !== null`)))
    await new Promise((resolve) => setTimeout(resolve, 50));
  return page;
}

async function opened(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

function isBackground(type: string, url: string): boolean {
  return type === "service_worker" && url.endsWith("/background.js");
}
