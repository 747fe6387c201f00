import { rmSync } from "node:fs";
import type { Page } from "puppeteer-core";
import type { ExtensionBrowser } from "./browser.ts";
import { launchChromium } from "./chromium.ts";
import { launchFirefox } from "./firefox.ts";
import { buildMainExtension, firefoxId } from "./main-extension.ts";
import { openSite, type Site } from "./site.ts";

/** The ways in which messages travel in the two browsers. */
export const ways = [
  { title: "Chromium, JSON", kind: "chromium", clone: false },
  { title: "Chromium, structured clone", kind: "chromium", clone: true },
  { title: "Firefox", kind: "firefox", clone: false },
] as const;

/** The extension under test in a browser, with a page of a site that it runs in and a page of its own. */
export interface Installed {
  readonly site: Site;
  readonly browser: ExtensionBrowser;
  readonly page: Page;
  readonly own: Page;
  remove(): Promise<void>;
}

/** How {@link install} does it. */
export interface InstallOptions {
  readonly kind: "chromium" | "firefox";
  readonly clone: boolean;
  /** The folder with the sources. Default `"extension"`. */
  readonly sources?: string;
  /** Pages of the site, `path → html`; the first of them is opened. Default: an empty one. */
  readonly pages?: Record<string, string>;
  /** Firefox's. */
  readonly preferences?: Record<string, number>;
}

/** Builds and installs the extension under test. */
export async function install({ kind, clone, pages = {}, ...options }: InstallOptions): Promise<Installed> {
  const { sources = "extension", preferences = {} } = options;
  const site = await openSite(pages);
  const folder = await buildMainExtension({ site: site.origin, clone, sources });
  const browser =
    kind === "chromium" ? await launchChromium([folder]) : await launchFirefox(folder, { id: firefoxId, preferences });
  return {
    site,
    browser,
    page: await browser.open(site.origin + (Object.keys(pages)[0] ?? "")),
    own: await browser.openOwn("options.html"),
    async remove() {
      await browser.close();
      await site.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
