import { describe, expect, it } from "vitest";
import { deskListener } from "../src/main/desk-listener.ts";
import { utilityTransport } from "../src/main/utility-transport.ts";
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

  it.each([undefined, null, {}, "crunch.js", () => undefined])("a utilityTransport(%j)", (child) => {
    expect(() => utilityTransport(child as never)).toThrow(/expected a child of utilityProcess.fork/);
  });
});
