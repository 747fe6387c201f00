import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ExtensionBrowser, missing } from "./harness/browser.ts";
import { buildExtension } from "./harness/build-extension.ts";
import { launchChromium } from "./harness/chromium.ts";
import { inScript, resultOf } from "./harness/command.ts";
import { launchFirefox } from "./harness/firefox.ts";

const source = (name: string): string => fileURLToPath(new URL(`./surfaces/${name}.ts`, import.meta.url));

const firefoxId = "surfaces@portolan.test";

/** Everything that an extension may open, each page with the same script. */
function buildSurfaces(): Promise<string> {
  return buildExtension({
    scripts: { background: source("background"), page: source("page") },
    pages: { control: "page", options: "page", offscreen: "page", devtools: "page", panel: "page" },
    manifest: {
      name: "Portolan surfaces",
      version: "1.0",
      manifest_version: 3,
      permissions: ["offscreen", "sidePanel"],
      background: { service_worker: "background.js", scripts: ["background.js"] },
      options_ui: { page: "options.html" },
      devtools_page: "devtools.html",
      side_panel: { default_path: "panel.html" },
      sidebar_action: { default_panel: "panel.html", open_at_install: true },
      browser_specific_settings: { gecko: { id: firefoxId } },
    },
  });
}

const noDisplay = process.env["DISPLAY"] ? undefined : "There is no display for docked panels: run under xvfb-run.";

/** Opening windows, panels and developer tools takes its time on a busy machine; in ms. */
const patience = 100_000;
const patiently = { timeout: 2 * patience };
const title = "O-01 every page of an extension calls and is called in %s";

describe.each(["chromium", "firefox"] as const)(title, patiently, (kind) => {
  let folder = "";
  let browser: ExtensionBrowser;
  let control: Page;
  const absent = missing(kind) ?? noDisplay;

  beforeAll(async () => {
    if (absent) return;
    folder = await buildSurfaces();
    browser =
      kind === "chromium"
        ? await launchChromium([folder], { devtools: true })
        : await launchFirefox(folder, { id: firefoxId, devtools: true });
    control = await browser.openOwn("control.html");
  }, 2 * patience);

  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** Waits until the page at `path` has called the background and been called back; then the background calls it by name. */
  async function expectMet(path: string, inTab: boolean = false): Promise<void> {
    const seen = async (): Promise<unknown> => resultOf(await inScript(control, "seen"));
    await expect
      .poll(seen, { timeout: patience })
      .toContainEqual({ path, kind: "extension-page", trusted: true, at: path, inTab, doubled: 42 });
    expect(resultOf(await inScript(control, "ask", path))).toBe(`${path} 1,2,3`);
  }

  it("the devtools page of a tab", async (context) => {
    if (absent) context.skip(absent);
    await expectMet("/devtools.html");
  });

  it("the side panel, docked by a click in Chromium, and by the installation in Firefox", async (context) => {
    if (absent) context.skip(absent);
    if (kind === "chromium") await (await control.waitForSelector("button"))?.click();
    await expectMet("/panel.html");
    if (kind === "chromium") expect(await contextsOf("SIDE_PANEL")).toEqual([expect.stringContaining("/panel.html")]);
  });

  it("an offscreen document, which only Chromium has", async (context) => {
    if (absent) context.skip(absent);
    if (kind === "firefox") return expect(await control.evaluate("typeof chrome.offscreen")).toBe("undefined");
    resultOf(await inScript(control, "openOffscreen"));
    await expectMet("/offscreen.html");
    expect(await contextsOf("OFFSCREEN_DOCUMENT")).toEqual([expect.stringContaining("/offscreen.html")]);
  });

  it("the options page, inside the browser's own", async (context) => {
    if (absent) context.skip(absent);
    resultOf(await inScript(control, "openOptions"));
    // Firefox embeds it in a tab that the extension may know.
    await expectMet("/options.html", kind === "firefox");
  });

  /** Where the browser itself says that contexts of this type are. */
  async function contextsOf(type: string): Promise<unknown> {
    return control.evaluate(
      `chrome.runtime.getContexts({ contextTypes: ["${type}"] }).then((all) => all.map((one) => one.documentUrl))`,
    );
  }
});
