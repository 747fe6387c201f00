import { describe, expect, it } from "vitest";
import { contentScriptConnector, runtimeConnector, runtimeListener, type SenderPolicy } from "../src/index.ts";

const listen = (allow: unknown) => () => runtimeListener({ allow: allow as SenderPolicy });

describe("what is used wrongly says what is expected", () => {
  it("a listener without a policy", () => {
    expect(() => runtimeListener(undefined as never)).toThrow(/expected { allow } to say who may connect/);
    for (const allow of [undefined, null, true, "*"]) expect(listen(allow)).toThrow(/expected { allow }/);
  });

  it("options that would be passed over, or trust more than was meant", () => {
    const dial = (options: object) => () => runtimeConnector(options);
    expect(dial({ trused: false })).toThrow('did you mean "trusted"?');
    expect(dial({ trusted: "false" })).toThrow("expected trusted to be true or false");
    expect(dial({ extensionID: "abc" })).toThrow('did you mean "extensionId"?');
    expect(dial({ to: "popup", keepAlive: 20_000, trusted: false, lazy: false, attempts: 1 })).not.toThrow();
  });

  it.each([
    [{ contentscripts: { origins: "any" } }, /expected allow to hold pages, contentScripts, .* got "contentscripts"/],
    [{ pages: "yes" }, /expected allow.pages to be true or { when }, got "yes"/],
    [{ pages: { when: true } }, /expected allow.pages.when to be a function, got true/],
    [{ contentScripts: true }, /expected allow.contentScripts to be { origins }, got true/],
    [
      { contentScripts: {} },
      /expected allow.contentScripts.origins to be a list such as \["https:\/\/example.com"\], or "any"/,
    ],
    [{ contentScripts: { origins: "https://example.com" } }, /to be a list/],
    [
      { relayedPages: { origins: ["<all_urls>"] } },
      /to hold origins such as "https:\/\/example.com", got "<all_urls>"/,
    ],
    [{ webPages: { origins: ["https://*.example.com"] } }, /to hold origins/],
    [{ webPages: { origins: ["https://example.com/"] } }, /to hold origins/],
    [{ webPages: { origins: ["https://Example.com"] } }, /to hold origins/],
    [{ webPages: { origins: ["https://example.com:443"] } }, /to hold origins/],
    [{ webPages: { origins: ["example.com"] } }, /to hold origins/],
    [{ webPages: { origins: ["https://b\u00fccher.example"] } }, /to hold origins/],
    [
      { contentScripts: { origins: "any", frames: "every" } },
      /expected allow.contentScripts.frames to be "top" or "all"/,
    ],
    [
      { contentScripts: { origins: "any", documentLifecycle: "active" } },
      /to be a list such as \["active"\], got "active"/,
    ],
    [{ extensions: { ids: "abc" } }, /expected allow.extensions.ids to be a list of ids, got "abc"/],
  ])("a policy that would let in nobody, or others than meant: %j", (allow, says) => {
    expect(listen(allow)).toThrow(says);
    expect(listen(allow)).toThrow(TypeError);
  });

  it("a policy that says what browsers say is taken", () => {
    const origins = ["https://example.com", "http://localhost:8080", "moz-extension://1-2", "file://", "null"];
    const allow: SenderPolicy = {
      pages: { when: () => true },
      contentScripts: { origins, frames: "all", documentLifecycle: ["active"] },
      relayedPages: { origins: [] },
      extensions: { ids: ["abc"], contentScripts: true },
      webPages: { origins: "any" },
    };
    expect(listen(allow)).not.toThrow();
    expect(listen({})).not.toThrow();
  });

  it.each([
    ["runtimeConnector", runtimeConnector, /expected chrome.runtime or browser.runtime/],
    ["contentScriptConnector", contentScriptConnector, /expected a window/],
  ])(
    "%s where there is no such platform rejects calls at once: waiting would not help",
    async (_name, connector, says) => {
      const source = connector().open({});
      await expect(source.session()).rejects.toMatchObject({
        code: "FAILED_PRECONDITION",
        message: expect.stringMatching(says),
        delivered: "no",
      });
      expect(source.status.state).toBe("closed");
      await source.close();
    },
  );
});
