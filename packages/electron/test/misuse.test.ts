import { describe, expect, it } from "vitest";
import { deskListener } from "../src/main/desk-listener.ts";
import { framePolicy } from "../src/main/frame-policy.ts";
import { utilityTransport } from "../src/main/utility-transport.ts";
import { mainConnector } from "../src/renderer/main-connector.ts";
import { peerListener } from "../src/renderer/peer-listener.ts";

const unused = [() => {}, () => {}] as const;

describe("what is used wrongly says what is expected", () => {
  it("a listener that is served twice is a TypeError, and stays at its desk until it is closed", async () => {
    let here = 0;
    const listener = deskListener("main", () => {
      here++;
      return () => here--;
    });
    listener.accept(...unused);
    expect(() => listener.accept(...unused)).toThrow(/served already/);
    await listener.ready;
    expect(here).toBe(1);
    await listener.close();
    await listener.close();
    expect(here).toBe(0);
  });

  it.each([undefined, {}, { name: "" }, { name: 5 }, { name: "x".repeat(257) }])("a peerListener(%j)", (options) => {
    expect(() => peerListener(options as never)).toThrow(/expected peerListener\({ name }\) with a name/);
  });

  it("options that would be passed over, or open more than was meant", () => {
    const listen = (options: object) => () => framePolicy({ allow: "app://bundle", ...options });
    expect(listen({ subframes: "false" })).toThrow('expected subframes to be true or false, got "false"');
    expect(listen({ webview: false })).toThrow('unknown option "webview": did you mean "webviews"?');
    expect(listen({ trusted: 0 })).toThrow("expected trusted to be true or false, got 0");
    expect(listen({ subframes: false, webviews: true, trusted: false, name: "x" })).not.toThrow();
    expect(() => utilityTransport({} as never, { trused: false } as never)).toThrow('did you mean "trusted"?');
    expect(() => mainConnector({ trused: false } as never)).toThrow('did you mean "trusted"?');
  });

  it.each([undefined, null, {}, "crunch.js", () => undefined])("a utilityTransport(%j)", (child) => {
    expect(() => utilityTransport(child as never)).toThrow(/expected a child of utilityProcess.fork/);
  });
});
