import { existsSync } from "node:fs";
import type { Browser, Page, WebWorker } from "puppeteer-core";

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

/** The first start on a new machine reads half a gigabyte from a cold disk; in ms. */
export const firstStart: number = 120_000;

/** One question to a page may be the whole kit; in ms. */
export const protocolTimeout: number = 400_000;

/** A page of the browser that shows an address. */
export async function opened(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}
