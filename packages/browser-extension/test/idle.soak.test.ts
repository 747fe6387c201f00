import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import { missing } from "./harness/browser.ts";
import { launchChromium } from "./harness/chromium.ts";
import { inContent, inScript, resultOf } from "./harness/command.ts";
import { buildMainExtension } from "./harness/main-extension.ts";
import { openSite } from "./harness/site.ts";

it("Chromium stops its service worker as idle, with sessions open, and the next call wakes a new one", async (context) => {
  const absent = missing("chromium");
  if (absent) context.skip(absent);
  const site = await openSite();
  const folder = await buildMainExtension({ site: site.origin });
  const browser = await launchChromium([folder]);
  try {
    const page = await browser.open(site.origin);
    await browser.leaveWorkerAlone();
    const first = resultOf(await inContent(page, "call", "incarnation"));
    expect(resultOf(await inScript(page, "call", "incarnation"))).toBe(first);
    expect(await browser.workerRuns()).toBe(true);
    // It stops 30 s after the last event: whatever we posted to it meanwhile would keep it.
    await expect.poll(() => browser.workerRuns(), { timeout: 100_000, interval: 500 }).toBe(false);
    const second = resultOf(await inContent(page, "call", "incarnation"));
    expect(second).not.toBe(first);
    expect(resultOf(await inScript(page, "call", "incarnation"))).toBe(second);
  } finally {
    await browser.close();
    await site.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 150_000);
