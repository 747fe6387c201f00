import { rmSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import type { Page } from "puppeteer-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ExtensionBrowser, missing } from "./harness/browser.ts";
import { launchChromium } from "./harness/chromium.ts";
import { codeOf, inContent, inScript, resultOf } from "./harness/command.ts";
import { launchFirefox } from "./harness/firefox.ts";
import { buildMainExtension, firefoxId } from "./harness/main-extension.ts";
import { openSite, type Site } from "./harness/site.ts";

let site: Site;
let folder = "";
let browser: ExtensionBrowser | undefined;

beforeEach(async () => {
  site = await openSite();
  folder = await buildMainExtension({ site: site.origin });
});

afterEach(async () => {
  await browser?.close();
  browser = undefined;
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

// CI has twenty minutes for everything. `PORTOLAN_FULL=1` runs all fifty, as does a run at home.
const deaths = process.env["CI"] && process.env["PORTOLAN_FULL"] !== "1" ? 10 : 50;
const manyDeaths = `is killed ${deaths} times under calls and streams in %s: nothing hangs, nothing runs twice, streams resume`;

describe("O-20 F20 a background that dies", () => {
  it.for(["chromium", "firefox"] as const)(manyDeaths, { timeout: 300_000 }, async (kind, context) => {
    const absent = missing(kind);
    if (absent) context.skip(absent);
    browser = kind === "chromium" ? await launchChromium([folder]) : await launchFirefox(folder, { id: firefoxId });
    const page = await browser.open(site.origin);
    await browser.leaveWorkerAlone();
    const first = resultOf(await inContent(page, "call", "incarnation"));
    await inContent(page, "startStorm");
    const numbers = inContent(page, "numbers", 3000);
    resultOf(await inScript(page, "call", "incarnation"));
    for (let death = 0; death < deaths; death++) {
      await browser.killWorker();
      // The next life, woken by the content script: it answers before it is killed again.
      await untilAnswered(page);
    }
    const storm = resultOf(await inContent(page, "stopStorm")) as Storm;
    expect(resultOf(await numbers)).toMatchObject({ right: true, length: 3000 });
    expect(resultOf(await inContent(page, "call", "incarnation"))).not.toBe(first);
    const counts = await countsIn(browser);
    expect(Object.values(counts).every((count) => count === 1)).toBe(true);
    expect(Object.keys(counts).length).toBeGreaterThanOrEqual(storm.outcomes["answered"] ?? 0);
    expect(Object.keys(storm.outcomes).filter((outcome) => outcome !== "answered")).toEqual(
      expect.arrayContaining(["UNAVAILABLE unknown"]),
    );
    expect(
      Object.keys(storm.outcomes).every((outcome) => outcome === "answered" || outcome.startsWith("UNAVAILABLE")),
    ).toBe(true);
    console.log(`${deaths} deaths in ${kind}:`, JSON.stringify(storm));
    const left = resultOf(await inContent(page, "left")) as { listeners: number };
    expect(left.listeners).toBe(2);
  });

  it("a page behind a relay finds the new background too", async (context) => {
    const absent = missing("chromium");
    if (absent) context.skip(absent);
    browser = await launchChromium([folder]);
    const page = await browser.open(site.origin);
    await browser.leaveWorkerAlone();
    const first = resultOf(await inScript(page, "call", "incarnation"));
    const hanging = inScript(page, "call", "hang");
    // Calls start in order: when this is answered, the other has begun.
    resultOf(await inScript(page, "call", "echo", 0));
    await browser.killWorker();
    expect(await hanging).toMatchObject({ error: { code: "UNAVAILABLE" } });
    const second = resultOf(await inScript(page, "call", "incarnation"));
    expect(second).not.toBe(first);
  });

  it("Firefox stops its event page as idle, with ports open, and the next call wakes a new one", async (context) => {
    const absent = missing("firefox");
    if (absent) context.skip(absent);
    const preferences = { "extensions.background.idle.timeout": 400 };
    browser = await told("Firefox", launchFirefox(folder, { id: firefoxId, preferences }));
    const page = await told("a page", browser.open(site.origin));
    const seen = new Set<unknown>();
    for (let life = 0; life < 5; life++) {
      seen.add(resultOf(await told(`the answer of life ${life}`, inContent(page, "call", "incarnation"), page)));
      // It dies of idleness: the call that never answers is the one that tells.
      expect(await told(`the end of life ${life}`, inContent(page, "call", "hang"), page)).toMatchObject({
        error: { code: "UNAVAILABLE", delivered: "unknown" },
      });
    }
    expect(seen.size).toBe(5);
  });

  it("keepAlive keeps Firefox's event page for a call that takes longer than its idle time", async (context) => {
    const absent = missing("firefox");
    if (absent) context.skip(absent);
    browser = await launchFirefox(folder, {
      id: firefoxId,
      preferences: { "extensions.background.idle.timeout": 400 },
    });
    const page = await browser.open(site.origin);
    expect(await inContent(page, "call", "later", 1500)).toMatchObject({ error: { code: "UNAVAILABLE" } });
    expect(resultOf(await inContent(page, "later", 1500))).toBe("later");
  });
});

describe("an extension that is reloaded under load", () => {
  it("stops its old content scripts with one final error each", async (context) => {
    const absent = missing("chromium");
    if (absent) context.skip(absent);
    browser = await launchChromium([folder]);
    const page = await browser.open(site.origin);
    await inContent(page, "startStorm");
    const hanging = inContent(page, "call", "hang");
    // Calls start in order: when this is answered, the other has begun.
    resultOf(await inContent(page, "call", "echo", 0));
    const own = await browser.openOwn("options.html");
    const reloading = own.evaluate("chrome.runtime.reload()").catch(() => undefined);
    expect(await hanging).toMatchObject({
      error: { code: "UNAVAILABLE", delivered: expect.stringMatching(/unknown|yes/) },
    });
    await reloading;
    expect(codeOf(await inContent(page, "call", "echo", 1))).toBe("FAILED_PRECONDITION");
    expect(codeOf(await inScript(page, "call", "echo", 1))).toBe("FAILED_PRECONDITION");
    const storm = resultOf(await inContent(page, "stopStorm")) as Storm;
    expect(Object.keys(storm.outcomes)).toContain("FAILED_PRECONDITION no");
    expect(resultOf(await inContent(page, "left"))).toMatchObject({ finals: 1 });
  });
});

describe("an extension that Firefox destroys, content scripts and all", () => {
  it.for(["reloaded", "removed"] as const)("and that is %s leaves no call of a page open", async (how, context) => {
    const absent = missing("firefox");
    if (absent) context.skip(absent);
    browser = await launchFirefox(folder, { id: firefoxId });
    const page = await browser.open(site.origin);
    const hanging = inScript(page, "call", "hang");
    resultOf(await inScript(page, "call", "echo", 0));
    if (how === "reloaded") {
      const own = await browser.openOwn("options.html");
      void own.evaluate("chrome.runtime.reload()").catch(() => undefined);
    } else await browser.browser.uninstallExtension(firefoxId);
    expect(await hanging).toMatchObject({ error: { code: "UNAVAILABLE", delivered: "unknown" } });
    // Firefox runs the content scripts of the new one in pages that are open already.
    if (how === "reloaded") expect(resultOf(await inScript(page, "call", "echo", 1))).toBe(1);
  });
});

interface Storm {
  readonly calls: number;
  readonly outcomes: Record<string, number>;
}

/** Once in a dozen runs of everything something here came never: this fails by saying what, and what the content script knows. */
async function told<T>(what: string, waiting: Promise<T>, page?: Page): Promise<T> {
  const over = new AbortController();
  const late = after(40_000, undefined, { signal: over.signal }).then(async () => {
    const status = page && (await Promise.race([inContent(page, "status"), after(5_000)]));
    throw new Error(`waited in vain for ${what}; its client says ${JSON.stringify(status)}`);
  });
  return await Promise.race([waiting, late]).finally(() => over.abort());
}

async function untilAnswered(page: Page): Promise<void> {
  for (;;) {
    const outcome = await inContent(page, "call", "incarnation");
    if ("value" in outcome) return;
    if (outcome.error.code !== "UNAVAILABLE") throw new Error(JSON.stringify(outcome));
  }
}

async function countsIn(browser: ExtensionBrowser): Promise<Record<string, number>> {
  const own = await browser.openOwn("options.html");
  return resultOf(await inScript(own, "call", "counts")) as Record<string, number>;
}
