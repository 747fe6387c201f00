import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ExtensionBrowser, missing } from "./harness/browser.ts";
import { codeOf, inContent, inScript, resultOf } from "./harness/command.ts";
import { type Installed, install, ways } from "./harness/installed.ts";
import type { Site } from "./harness/site.ts";
import { tabIdOf } from "./harness/tab-id.ts";

describe.each(ways)("O-01 O-24 the contexts of an extension in $title", ({ kind, clone }) => {
  let installed: Installed | undefined;
  let site: Site;
  let browser: ExtensionBrowser;
  let page: Page;
  let own: Page;
  const absent = missing(kind);

  beforeAll(async () => {
    if (absent) return;
    installed = await install({ kind, clone, pages: { "/with-frame": '<iframe src="/frame"></iframe>' } });
    ({ site, browser, page, own } = installed);
  });
  beforeEach((context) => {
    if (absent) context.skip(absent);
  });
  afterAll(() => installed?.remove());

  it("a content script calls the background, which knows where it sits", async () => {
    expect(resultOf(await inContent(page, "call", "whoami"))).toEqual({
      kind: "extension-content-script",
      trusted: false,
      origin: site.origin,
      frameId: 0,
      ...(kind === "chromium" ? { documentLifecycle: "active" } : {}),
      hasDocument: true,
      inTab: true,
    });
  });

  it("every value crosses exactly, there and back", async () => {
    for (const outcome of [
      await inContent(page, "exact"),
      await inScript(own, "exact"),
      await inScript(page, "exact"),
    ]) {
      const { sent, back } = resultOf(outcome) as { sent: string[]; back: string[] };
      expect(back).toEqual(sent);
    }
  });

  it("an own page is trusted, and its callbacks run where they belong", async () => {
    expect(resultOf(await inScript(own, "call", "whoami"))).toMatchObject({ kind: "extension-page", trusted: true });
    expect(resultOf(await inScript(own, "call", "secret"))).toBe("of our own pages");
    expect(resultOf(await inScript(own, "each", ["a", "bb", "ccc"]))).toEqual([1, 2, 3]);
  });

  it("the real popup calls the background", async () => {
    const before = (resultOf(await inScript(own, "raw", "popups")) as unknown[]).length;
    await own.evaluate("chrome.action.openPopup()");
    const popups = async (): Promise<unknown[]> => resultOf(await inScript(own, "raw", "popups")) as unknown[];
    await expect.poll(async () => (await popups()).length).toBe(before + 1);
    expect((await popups()).at(-1)).toEqual({ kind: "extension-page", trusted: true, inTab: false });
  });

  it("O-25 a page reaches the background through the relay, and is known as a page", async () => {
    expect(resultOf(await inScript(page, "call", "whoami"))).toMatchObject({
      kind: "extension-relayed-page",
      trusted: false,
      origin: site.origin,
    });
  });

  it("a page reaches its content script over the private port", async () => {
    expect(resultOf(await inScript(page, "greet", "the page"))).toBe("content script greets the page");
  });

  it("each class of peers has its own procedures and no others", async () => {
    expect(codeOf(await inContent(page, "call", "secret"))).toBe("UNIMPLEMENTED");
    expect(codeOf(await inScript(page, "call", "secret"))).toBe("UNIMPLEMENTED");
    expect(codeOf(await inScript(page, "call", "bump", "x"))).toBe("UNIMPLEMENTED");
    const failed = await inContent(page, "call", "fail");
    expect(failed).toMatchObject({ error: { code: "INTERNAL" } });
    expect(JSON.stringify(failed)).not.toContain("secret");
  });

  it("a subframe is refused where only top frames may speak, and the refusal is reported", async () => {
    const frame = page.frames().find((one) => one !== page.mainFrame());
    expect(codeOf(await inContent(frame!, "call", "echo", 1))).toBe("PERMISSION_DENIED");
    expect(codeOf(await inScript(frame!, "call", "echo", 1))).toBe("PERMISSION_DENIED");
    const refused = resultOf(await inScript(own, "raw", "refused")) as string[];
    expect(refused.some((line) => line.includes("it is a subframe"))).toBe(true);
  });

  it("the background calls the content script of one document", async () => {
    const tabId = await tabIdOf(page, own);
    expect(resultOf(await inScript(own, "call", "callTab", tabId, {}, [1, 2]))).toEqual({
      value: { value: [1, 2], at: `${site.origin}/with-frame` },
    });
  });

  it("a document that goes away ends what the background asked of it, and its successor answers", async () => {
    const going = await browser.open(`${site.origin}/going`);
    await inContent(going, "call", "echo", 1);
    const tabId = await tabIdOf(going, own);
    const hanging = inScript(own, "call", "hangTab", tabId);
    // Calls to one document start in order: when this is answered, the other has begun.
    resultOf(await inScript(own, "call", "callTab", tabId, {}, 1));
    await going.goto(`${site.origin}/gone`);
    expect(resultOf(await hanging)).toMatchObject({ code: "UNAVAILABLE", delivered: "unknown" });
    await inContent(going, "call", "echo", 1);
    expect(resultOf(await inScript(own, "call", "callTab", tabId, {}, 1))).toEqual({
      value: { value: 1, at: `${site.origin}/gone` },
    });
    // Back to the first one, which browsers may have kept: its old connections are gone, and new ones come by themselves.
    await going.evaluate("void setTimeout(() => history.back())");
    await expect.poll(() => going.evaluate("location.pathname").catch(() => undefined)).toBe("/going");
    for (const outcome of [await inContent(going, "call", "echo", 2), await inScript(going, "call", "echo", 2)]) {
      expect(resultOf(outcome)).toBe(2);
    }
    expect(resultOf(await inScript(own, "call", "callTab", tabId, {}, 3))).toEqual({
      value: { value: 3, at: `${site.origin}/going` },
    });
    await going.close();
  });

  it("a panel that is not open is a typed error at once, and is found when it opens", async () => {
    for (let time = 0; time < 2; time++) {
      expect(resultOf(await inScript(own, "call", "askLater"))).toMatchObject({
        code: "UNAVAILABLE",
        delivered: "no",
        message: expect.stringMatching(/"later" (cannot be reached|did not answer)/),
      });
    }
    resultOf(await inScript(own, "servePanel", "later"));
    expect(resultOf(await inScript(own, "call", "askLater"))).toEqual({ value: 1 });
    expect(resultOf(await inScript(own, "forgetAnswers"))).toBe(1);
  });

  it("the background calls an open panel, and of two only one answers", async () => {
    const other = await browser.openOwn("options.html");
    for (const panel of [own, other]) resultOf(await inScript(panel, "servePanel"));
    resultOf(await inScript(own, "call", "askPanel", 5));
    const answers = [resultOf(await inScript(own, "answers")), resultOf(await inScript(other, "answers"))];
    expect(answers.toSorted()).toEqual([0, 5]);
    await other.close();
  });

  it("a tab, frame or document that is not there is a typed error at once", async () => {
    const tabId = await tabIdOf(page, own);
    for (const [id, target] of [
      [999_999, {}],
      [tabId, { frameId: 777 }],
      [tabId, { documentId: "0".repeat(32) }],
    ] as const) {
      const outcome = resultOf(await inScript(own, "call", "callTab", id, target, 1));
      expect(outcome).toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining("Receiving end does not exist"),
        delivered: "no",
      });
    }
  });

  it("5 MiB of bytes come whole, at a price near that of a raw port", async () => {
    // By hand, JSON writes each byte as a property of its own: once is enough.
    const rounds = kind === "chromium" && !clone ? 1 : 7;
    const timed = resultOf(await inContent(page, "bytes", 5 * 1024 * 1024, rounds)) as {
      whole: boolean;
      ours: number;
      raw: number;
    };
    const ratio = timed.ours / timed.raw;
    console.log(
      `5 MiB background → content script: ${timed.ours.toFixed(0)} ms, raw ${timed.raw.toFixed(0)} ms, ratio ${ratio.toFixed(2)}`,
    );
    expect(timed.whole).toBe(true);
    // A busy machine may stop one of the two in the middle.
    expect(ratio).toBeLessThan(process.env["PORTOLAN_STRICT_BOUNDS"] === "1" ? 3 : 12);
  });

  it("what has closed leaves no session behind", async () => {
    const sessions = async (): Promise<unknown> => resultOf(await inScript(own, "raw", "sessions"));
    const extra = await browser.open(site.origin);
    for (const outcome of [
      await inContent(page, "call", "echo", 1),
      await inScript(page, "call", "echo", 1),
      await inScript(own, "call", "echo", 1),
    ]) {
      expect(resultOf(outcome)).toBe(1);
    }
    // The content script, the page behind its relay, and our own page; the popup has closed.
    await expect.poll(sessions).toBe(3);
    expect(resultOf(await inContent(extra, "call", "echo", 1))).toBe(1);
    expect(resultOf(await inScript(extra, "call", "echo", 1))).toBe(1);
    expect(await sessions()).toBe(5);
    await extra.close();
    await expect.poll(sessions).toBe(3);
  });
});
