import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ExtensionBrowser, missing } from "./harness/browser.ts";
import { buildExtension } from "./harness/build-extension.ts";
import { launchChromium } from "./harness/chromium.ts";
import { codeOf, inContent, inScript, resultOf } from "./harness/command.ts";
import { launchFirefox } from "./harness/firefox.ts";
import { buildMainExtension, firefoxId, idOfFolder } from "./harness/main-extension.ts";
import { openSite, type Site } from "./harness/site.ts";

const friendId = "friend@portolan.test";
const strangerId = "stranger@portolan.test";

describe.each(["chromium", "firefox"] as const)("F24 O-25 whoever is not allowed reaches no handler in %s", (kind) => {
  const absent = missing(kind);
  let site: Site;
  let other: Site;
  let folders: string[] = [];
  let browser: ExtensionBrowser;
  let own: Page;

  beforeAll(async () => {
    if (absent) return;
    site = await openSite({
      // Goes to the prerendered page once that has told what came of its knocking.
      "/prerenders": `<script type="speculationrules">{"prerender":[{"source":"list","urls":["/shown-later"],"eagerness":"immediate"}]}</script>
        <script>setInterval(async () => { if (await (await fetch("/reports")).text() === "1") location.href = "/shown-later" }, 50)</script>`,
    });
    other = await openSite();
    const friend = await buildForeign(friendId);
    const stranger = await buildForeign(strangerId);
    const main = await buildMainExtension({
      site: site.origin,
      friend: kind === "chromium" ? idOfFolder(friend) : friendId,
    });
    folders = [main, friend, stranger];
    browser =
      kind === "chromium"
        ? await launchChromium([main])
        : await launchFirefox(main, { id: firefoxId, others: [friendId, strangerId] });
    own = await browser.openOwn("options.html");
    await browser.browser.installExtension(friend);
    await browser.browser.installExtension(stranger);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([site?.close(), other?.close()]);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const refusals = async (): Promise<string[]> => resultOf(await inScript(own, "raw", "refused")) as string[];

  it("a page that forges the content script's messages reaches nothing", async (context) => {
    if (absent) context.skip(absent);
    const page = await browser.open(site.origin);
    await inContent(page, "call", "echo", 1);
    const heard = await page.evaluate(async (origin) => {
      const heard: unknown[] = [];
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => heard.push(data);
      // What a content script would say, a port of the page's own, and frames of the protocol, in every form that comes to mind.
      for (const message of [
        { portolan: "port", name: "portolan", id: "forged" },
        { portolan: "offer", id: "forged", carries: "clone" },
        { portolan: "take", id: "forged", carries: "clone" },
        [1, 1, 0, ["secret"], []],
        '[1,1,0,["secret"],[]]',
        { __proto__: null, portolan: "wanted", name: { toString: "portolan" }, id: ["x"] },
      ]) {
        window.postMessage(
          message,
          origin,
          message && typeof message === "object" && "id" in message && message.portolan === "port" ? [port2] : [],
        );
      }
      // And the platform's own door, which this page may knock at: its origin is in externally_connectable.
      const { chrome } = globalThis as unknown as { chrome?: { runtime?: { connect?: unknown } } };
      await new Promise((resolve) => setTimeout(resolve, 0));
      return { heard, mayKnock: typeof chrome?.runtime?.connect };
    }, site.origin);
    expect(heard).toEqual({ heard: [], mayKnock: kind === "chromium" ? "function" : "undefined" });
    expect(codeOf(await inScript(page, "call", "secret"))).toBe("UNIMPLEMENTED");
    await page.close();
  });

  it("a page that knocks at the platform's door, where there is one, is no listed class, and has no answer", async (context) => {
    if (absent) context.skip(absent);
    // Firefox has no door for pages: the test before has seen that.
    if (kind === "firefox") return;
    const page = await browser.open(site.origin);
    const told = await page.evaluate(async (id) => {
      const { runtime } = (globalThis as unknown as { chrome: { runtime: RawRuntime } }).chrome;
      const port = runtime.connect(id, { name: "portolan:background" });
      const messages: unknown[] = [];
      port.onMessage.addListener((message) => messages.push(message));
      await new Promise<void>((gone) => port.onDisconnect.addListener(() => gone()));
      return messages;
    }, browser.extensionId);
    expect(told).toEqual([{ portolan: "refused", code: "PERMISSION_DENIED", message: expect.any(String) }]);
    expect((await refusals()).some((line) => line.includes("web-page") && line.includes("class is not allowed"))).toBe(
      true,
    );
    await page.close();
  });

  it("a compromised content script of another origin is refused, as itself and as a relay", async (context) => {
    if (absent) context.skip(absent);
    const page = await browser.open(other.origin);
    expect(codeOf(await inContent(page, "call", "echo", 1))).toBe("PERMISSION_DENIED");
    expect(codeOf(await inScript(page, "call", "echo", 1))).toBe("PERMISSION_DENIED");
    expect((await refusals()).filter((line) => line.includes(other.origin)).length).toBeGreaterThanOrEqual(2);
    await page.close();
  });

  it("a compromised content script that is allowed has the content scripts' procedures and no others", async (context) => {
    if (absent) context.skip(absent);
    const page = await browser.open(site.origin);
    for (const path of ["secret", "counts", "callTab", "each", "constructor", "__proto__"]) {
      expect(codeOf(await inContent(page, "call", path))).toMatch(/UNIMPLEMENTED|INVALID_ARGUMENT|went well: null/);
    }
    await page.close();
  });

  it("another extension is let in by its id, and a third one is not", async (context) => {
    if (absent) context.skip(absent);
    const friendly = await openForeign(1);
    expect(resultOf(await inScript(friendly, "dial", browser.extensionId, "whoami"))).toMatchObject({
      kind: "extension-foreign",
      trusted: false,
    });
    expect(codeOf(await inScript(friendly, "dial", browser.extensionId, "secret"))).toBe("UNIMPLEMENTED");
    const strange = await openForeign(2);
    expect(codeOf(await inScript(strange, "dial", browser.extensionId, "whoami"))).toBe("PERMISSION_DENIED");
    await Promise.all([friendly.close(), strange.close()]);
  });

  /** The page of the n-th extension that is installed. */
  function openForeign(n: 1 | 2): Promise<Page> {
    if (kind === "firefox") return browser.openOwn("dial.html", n);
    return browser.open(`chrome-extension://${idOfFolder(folders[n] ?? "")}/dial.html`);
  }

  it("a prerendered document is refused, and one that waits is let in when it is shown", async (context) => {
    if (absent) context.skip(absent);
    // Firefox does not prerender.
    if (kind === "firefox") return;
    const unseen = await launchChromium([folders[0]!], { unseenPages: true });
    try {
      await unseen.openUnseen(`${site.origin}/prerenders`);
      await expect.poll(() => site.reports.length).toBe(2);
      expect(site.reports).toEqual([
        {
          knocked: { portolan: "refused", code: "PERMISSION_DENIED", message: expect.any(String) },
          prerendering: true,
        },
        {
          called: expect.objectContaining({ kind: "extension-content-script", documentLifecycle: "active" }),
          prerendering: false,
        },
      ]);
    } finally {
      await unseen.close();
    }
  });
});

interface RawRuntime {
  connect(
    id: string,
    info: { name: string },
  ): {
    onMessage: { addListener(listener: (message: unknown) => void): void };
    onDisconnect: { addListener(listener: () => void): void };
  };
}

function buildForeign(id: string): Promise<string> {
  return buildExtension({
    scripts: {
      dial: fileURLToPath(new URL("./extension/foreign-page.ts", import.meta.url)),
    },
    pages: { dial: "dial" },
    manifest: {
      name: "Another extension",
      version: "1.0",
      manifest_version: 3,
      browser_specific_settings: { gecko: { id } },
    },
  });
}
