import { describe, expect, it } from "vitest";
import { type SenderFacts, senderFacts } from "../src/sender-facts.ts";
import { judge, type SenderPolicy } from "../src/sender-policy.ts";

const runtime = {
  id: "us",
  getURL: () => "chrome-extension://us/",
  connect: () => undefined,
};
const inside = { external: false, speaker: "context" } as const;
const relayed = { external: false, speaker: "page" } as const;
const outside = { external: true, speaker: "context" } as const;
const site = { id: "us", origin: "https://site.example", url: "https://site.example/a", frameId: 0, tab: { id: 4 } };
const sitesOnly: SenderPolicy = { contentScripts: { origins: ["https://site.example"] } };

function verdict(sender: object | undefined, via: Parameters<typeof senderFacts>[2], policy: SenderPolicy): string {
  const judgement = judge(senderFacts(sender, runtime, via), policy);
  return judgement.ok ? (judgement.trusted ? "yes, trusted" : "yes") : judgement.why;
}

describe("O-24 who may open a port to the background", () => {
  it("sorts senders by what the browser vouches for", () => {
    const kinds = [
      senderFacts({ id: "us", origin: "chrome-extension://us" }, runtime, inside),
      senderFacts(site, runtime, inside),
      senderFacts(site, runtime, relayed),
      senderFacts({ id: "them", origin: "chrome-extension://them" }, runtime, outside),
      senderFacts({ origin: "https://site.example" }, runtime, outside),
    ].map((facts) => facts?.class);
    expect(kinds).toEqual(["page", "content-script", "relayed-page", "foreign", "web-page"]);
  });

  it("knows our service worker by what it lacks: Chromium gives it no origin", () => {
    const worker = { id: "us", url: "chrome-extension://us/background.js" };
    expect(senderFacts(worker, runtime, inside)?.class).toBe("page");
    expect(senderFacts({ ...worker, frameId: 0 }, runtime, inside)).toBeUndefined();
    expect(
      senderFacts({ ...worker, url: "https://site.example/chrome-extension://us/" }, runtime, inside),
    ).toBeUndefined();
    expect(senderFacts(worker, runtime, relayed)).toBeUndefined();
  });

  it("has no class for a sender that says nothing, claims our id from outside, or is another's inside", () => {
    expect(senderFacts(undefined, runtime, inside)).toBeUndefined();
    expect(senderFacts({}, runtime, outside)).toBeUndefined();
    expect(senderFacts({ id: "us", origin: "chrome-extension://us" }, runtime, outside)).toBeUndefined();
    expect(senderFacts({ id: "them", origin: "chrome-extension://us" }, runtime, inside)).toBeUndefined();
    expect(senderFacts({ id: "us" }, runtime, inside)).toBeUndefined();
    expect(senderFacts({ id: "us", origin: "chrome-extension://us" }, runtime, relayed)).toBeUndefined();
  });

  it("refuses every class that the policy does not name", () => {
    expect(verdict({ id: "us", origin: "chrome-extension://us" }, inside, {})).toBe("its class is not allowed");
    expect(verdict({ id: "us", origin: "chrome-extension://us" }, inside, { pages: false })).toBe(
      "its class is not allowed",
    );
    expect(verdict(site, inside, { pages: true })).toBe("its class is not allowed");
    expect(verdict(site, relayed, sitesOnly)).toBe("its class is not allowed");
  });

  it("trusts our own pages and nobody else, unless told", () => {
    expect(verdict({ id: "us", origin: "chrome-extension://us" }, inside, { pages: true })).toBe("yes, trusted");
    expect(verdict({ id: "us", origin: "chrome-extension://us" }, inside, { pages: { trusted: false } })).toBe("yes");
    expect(verdict(site, inside, sitesOnly)).toBe("yes");
    expect(verdict(site, inside, { contentScripts: { origins: "any", trusted: true } })).toBe("yes, trusted");
  });

  it("judges content scripts by origin, frame and lifecycle", () => {
    expect(verdict({ ...site, origin: "https://evil.example" }, inside, sitesOnly)).toContain("https://evil.example");
    expect(verdict({ ...site, frameId: 3 }, inside, sitesOnly)).toBe("it is a subframe");
    expect(verdict({ ...site, frameId: undefined }, inside, sitesOnly)).toBe("the browser does not say its frame");
    expect(verdict({ ...site, documentLifecycle: "prerender" }, inside, sitesOnly)).toBe("its document is prerender");
    expect(verdict({ ...site, documentLifecycle: "active" }, inside, sitesOnly)).toBe("yes");
    expect(verdict({ ...site, frameId: 3 }, inside, { contentScripts: { origins: "any", frames: "all" } })).toBe("yes");
  });

  it("says no when the browser does not give a fact that the policy names", () => {
    const active: SenderPolicy = { contentScripts: { origins: "any", documentLifecycle: ["active"] } };
    expect(verdict(site, inside, active)).toBe("the browser does not say its document's lifecycle");
    const fromThem: SenderPolicy = { extensions: { ids: ["them"] } };
    expect(verdict({ id: "them" }, outside, fromThem)).toBe("the browser does not say whether it is a content script");
  });

  it("takes other extensions by id, and their content scripts only when told", () => {
    const fromThem: SenderPolicy = { extensions: { ids: ["them"] } };
    const page = { id: "them", origin: "chrome-extension://them" };
    const script = { id: "them", origin: "https://site.example", tab: { id: 1 } };
    expect(verdict(page, outside, fromThem)).toBe("yes");
    expect(verdict({ ...page, id: "others" }, outside, fromThem)).toBe("its id is not in the list");
    expect(verdict(script, outside, fromThem)).toBe("it is a content script");
    expect(verdict(script, outside, { extensions: { ids: ["them"], contentScripts: true } })).toBe("yes");
    expect(verdict({ id: "them", origin: "moz-extension://1", envType: "addon_child" }, outside, fromThem)).toBe("yes");
    expect(verdict({ id: "them", origin: "https://site.example", envType: "content_child" }, outside, fromThem)).toBe(
      "it is a content script",
    );
  });

  it("takes a rule's own word last, and a throw or anything but true as no", () => {
    const asked: SenderFacts[] = [];
    const ruleWith = (when: (sender: SenderFacts) => boolean): SenderPolicy => ({
      contentScripts: { origins: "any", when },
    });
    expect(
      verdict(
        site,
        inside,
        ruleWith((sender) => asked.push(sender) > 0),
      ),
    ).toBe("yes");
    expect(asked[0]).toMatchObject({ tabId: 4, frameId: 0, url: "https://site.example/a" });
    expect(
      verdict(
        site,
        inside,
        ruleWith(() => "yes" as unknown as boolean),
      ),
    ).toContain("said no");
    expect(
      verdict(
        site,
        inside,
        ruleWith(() => {
          throw new Error("oops");
        }),
      ),
    ).toContain("oops");
    expect(
      verdict(
        { ...site, frameId: 9 },
        inside,
        ruleWith(() => true),
      ),
    ).toBe("it is a subframe");
  });
});
