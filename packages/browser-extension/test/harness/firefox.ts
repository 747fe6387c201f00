import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { type ExtensionBrowser, firefoxPath, firstStart, opened, protocolTimeout } from "./browser.ts";

/** How Firefox is driven. */
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
  const browser = await launch(options);
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

function launch(options: FirefoxOptions): Promise<Browser> {
  return puppeteer.launch({
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
