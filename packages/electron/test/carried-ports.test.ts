import { describe, expect, it } from "vitest";
import { landPorts, liftPorts } from "../src/ports/carried-ports.ts";

class Port {}

const pass = (message: unknown, ports: readonly object[]): unknown => {
  const lifted = liftPorts(message, ports);
  // Everything but the ports is cloned on the way.
  return landPorts(structuredClone(lifted.message), lifted.ports);
};

describe("ports beside a message", () => {
  it("M-04 each port is back in its place, and the rest is as it was", () => {
    const [one, two] = [new Port(), new Port()];
    const message = [1, { deep: [one, { two }], date: new Date(5) }, "text"];
    expect(pass(message, [one, two])).toEqual([1, { deep: [one, { two }], date: new Date(5) }, "text"]);
    expect((message[1] as { deep: unknown[] }).deep[0]).toBe(one);
  });

  it("a message that holds itself keeps its shape", () => {
    const port = new Port();
    const message: Record<string, unknown> = { port };
    message["self"] = message;
    const back = pass(message, [port]) as typeof message;
    expect(back["self"]).toBe(back);
    expect(back["port"]).toBe(port);
  });

  it("a port in a Map is refused, since nobody could find it there", () => {
    const port = new Port();
    expect(() => liftPorts(new Map([["port", port]]), [port])).toThrow(TypeError);
  });

  it("a message without ports is passed on untouched", () => {
    const message = { "portolan:ports": [["a"]], message: { a: null } };
    expect(liftPorts(message, []).message).toBe(message);
    expect(landPorts(message, [])).toBe(message);
  });

  it.each([
    ["along a prototype", [["__proto__", "polluted"]], {}],
    ["into a function", [["constructor", "prototype", "polluted"]], {}],
    ["to a place that is taken", [["a"]], { a: 1 }],
    ["through a text", [["a", 0]], { a: "text" }],
    ["by something that is no path", ["a"], { a: null }],
    ["by a key that is an object", [[{}]], {}],
    ["to the message itself", [[]], {}],
  ])("a hostile path %s puts the port nowhere", (_title, places, message) => {
    const port = new Port();
    const before = structuredClone(message);
    expect(landPorts({ "portolan:ports": places, message }, [port])).toEqual(before);
    expect("polluted" in {}).toBe(false);
  });

  it("an own key named __proto__ is a key like any other", () => {
    const port = new Port();
    const message = JSON.parse('{"__proto__":{"x":1},"port":null}') as Record<string, unknown>;
    message["port"] = port;
    const { message: sent } = liftPorts(message, [port]) as { message: { message: object } };
    expect(Object.hasOwn(sent.message, "__proto__")).toBe(true);
    expect(Object.getPrototypeOf(sent.message)).toBe(Object.prototype);
  });
});
