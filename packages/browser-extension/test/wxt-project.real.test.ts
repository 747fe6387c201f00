import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missing } from "./harness/browser.ts";
import { launchChromium } from "./harness/chromium.ts";
import { launchFirefox } from "./harness/firefox.ts";
import { openSite } from "./harness/site.ts";
import { makeWxtProject, type WxtProject } from "./harness/wxt-project.ts";

describe("O-24 a project of WXT, which runs every script of an extension in Node when it builds", () => {
  let project: WxtProject;

  beforeAll(async () => {
    project = await makeWxtProject();
  }, 300_000);

  afterAll(() => project?.remove());

  it.for(["chromium", "firefox"] as const)(
    "is built from our tarballs, and speaks in %s",
    { timeout: 120_000 },
    async (kind, context) => {
      const absent = missing(kind);
      if (absent) context.skip(absent);
      const folder = await project.build(kind === "chromium" ? "chrome" : "firefox");
      const site = await openSite();
      const browser =
        kind === "chromium" ? await launchChromium([folder]) : await launchFirefox(folder, { id: "wxt@portolan.test" });
      try {
        const page = await browser.open(site.origin);
        await expect.poll(() => page.title(), { timeout: 60_000 }).toBe("background greets the site 1,2,3");
        const popup = await browser.openOwn("popup.html");
        await expect.poll(() => popup.title(), { timeout: 60_000 }).toBe("background greets the popup");
      } finally {
        await browser.close();
        await site.close();
      }
    },
  );
});
