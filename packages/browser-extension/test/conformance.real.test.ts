import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunSummary } from "./conformance/near.ts";
import type { Outcome } from "./extension/commands.ts";
import { type ExtensionBrowser, missing } from "./harness/browser.ts";
import { inContent, inScript, resultOf } from "./harness/command.ts";
import { type Installed, install, ways } from "./harness/installed.ts";
import { tabIdOf } from "./harness/tab-id.ts";

/** Content scripts of Firefox cannot make a ReadableStream: it is the page's, and may not look at their objects. */
const noReadableStream = "streams: ReadableStream and WritableStream, both ways";
/** Scripts that Firefox runs in the MAIN world have no file name in a stack. */
const noFileNames = "errors: the stack shows the caller's line";

/** The background runs the kit itself, and is not stopped as idle meanwhile. */
const preferences = { "extensions.background.idle.timeout": 600_000 };

describe.each(ways)("O-01 O-24 every promise is kept in $title", { timeout: 400_000 }, ({ kind, clone }) => {
  let installed: Installed | undefined;
  let browser: ExtensionBrowser;
  let page: Page;
  let own: Page;
  let popup: Page | undefined;
  const absent = missing(kind);

  beforeAll(async () => {
    if (absent) return;
    installed = await install({ kind, clone, sources: "conformance", preferences });
    ({ browser, page, own } = installed);
  });
  beforeEach((context) => {
    if (absent) context.skip(absent);
  });
  afterAll(() => installed?.remove());

  /** Runs the kit in a tab that is in front: others have slow timers. */
  const expectClean = async (
    tab: Page,
    run: () => Promise<Outcome>,
    beyondUs: readonly string[] = [],
  ): Promise<void> => {
    if (tab !== popup) await tab.bringToFront();
    const { passed, refused, failed } = resultOf(await run()) as RunSummary;
    console.log(`${passed} passed, ${refused} refused as they should`);
    expect(failed.filter((line) => !beyondUs.some((name) => line.startsWith(name)))).toEqual([]);
    expect(passed).toBeGreaterThan(100);
  };

  it("from a content script to the background", async () => {
    await expectClean(page, () => inContent(page, "conformance"), kind === "firefox" ? [noReadableStream] : []);
  });

  it("from the popup to the background: the real one in Chromium, its page in Firefox", async () => {
    popup = kind === "chromium" ? await openPopup() : await browser.openOwn("popup.html");
    const shown = popup as Page;
    await expectClean(shown, () => inScript(shown, "conformance"));
    await shown.close();
  });

  it("O-25 from a page to the background, through the relay", async () => {
    await expectClean(page, () => inScript(page, "conformance"), kind === "firefox" ? [noFileNames] : []);
  });

  it("from the background to the content script of a tab", async () => {
    const tabId = await tabIdOf(page, own);
    const beyondUs = kind === "firefox" ? [noReadableStream] : [];
    await expectClean(page, () => inScript(own, "inBackground", tabId), beyondUs);
  });

  /** The popup itself, which closes as soon as something else has the focus. */
  async function openPopup(): Promise<Page> {
    await own.bringToFront();
    await own.evaluate("chrome.action.openPopup()");
    const target = await browser.browser.waitForTarget((one) => one.url().endsWith("/popup.html"));
    if (!target) throw new Error("no popup opened");
    return target.asPage();
  }
});
