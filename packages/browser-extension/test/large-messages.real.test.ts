import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LargeKind } from "./extension/large-values.ts";
import { missing } from "./harness/browser.ts";
import { codeOf, inContent, inScript, resultOf } from "./harness/command.ts";
import { type Installed, install, ways } from "./harness/installed.ts";
import { tabIdOf } from "./harness/tab-id.ts";

const mebibyte = 1024 * 1024;

describe.each(ways)("O-24 messages beyond 64 MiB in $title", { timeout: 180_000 }, ({ kind, clone }) => {
  let installed: Installed | undefined;
  let page: Page;
  let own: Page;
  const absent = missing(kind);

  beforeAll(async () => {
    if (absent) return;
    installed = await install({ kind, clone });
    ({ page, own } = installed);
  });
  beforeEach((context) => {
    if (absent) context.skip(absent);
  });
  afterAll(() => installed?.remove());

  it.for([
    ["bytes", 100],
    ["several", 30],
    ["records", 30],
    ["text", 12],
    // Within the limit in units, and six times as much as JSON.
    ["controls", 9.9],
  ] as [LargeKind, number][])("%s of %d MiB go to the background and come back whole", async ([value, size]) => {
    const outcome = await inScript(own, "largeThereAndBack", value, Math.floor(size * mebibyte));
    const { same, ms } = resultOf(outcome) as { same: boolean; ms: number };
    console.log(`${value} of ${size} MiB, there and back: ${ms.toFixed(0)} ms`);
    expect(same).toBe(true);
  });

  it("100 MiB come from the background to a content script", async () => {
    const outcome = await inContent(page, "largeFromThere", "bytes", 100 * mebibyte);
    expect(resultOf(outcome)).toMatchObject({ same: true });
  });

  it("30 MiB come from an own page to the content script of a tab", async () => {
    const tabId = await tabIdOf(page, own);
    expect(resultOf(await inScript(own, "largeToTab", tabId, "bytes", 30 * mebibyte))).toBe(true);
  });

  it("O-25 what a page may send passes the relay in pieces", async () => {
    for (const value of ["bytes", "text"] as const) {
      // As base64 or with its escapes it stays within the 16 MiB that the background takes from a page.
      const outcome = await inScript(page, "largeThereAndBack", value, (value === "bytes" ? 11 : 6) * mebibyte);
      expect(resultOf(outcome)).toMatchObject({ same: true });
    }
  });

  it("what strangers may not send is refused before any of it leaves, and the way stays open", async () => {
    expect(await inContent(page, "largeThereAndBack", "bytes", 20 * mebibyte)).toMatchObject({
      error: { code: "RESOURCE_EXHAUSTED", delivered: "no" },
    });
    expect(codeOf(await inScript(page, "largeThereAndBack", "text", 20 * mebibyte))).toBe("RESOURCE_EXHAUSTED");
    expect(resultOf(await inContent(page, "call", "echo", 1))).toBe(1);
    expect(resultOf(await inScript(page, "call", "echo", 1))).toBe(1);
  });
});
