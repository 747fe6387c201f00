import { inspect, isDeepStrictEqual, types } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { wire } from "./wire.ts";

const looks: [string, (stub: Record<string, unknown>) => unknown][] = [
  ["console.log", (stub) => console.log(stub)],
  ["util.inspect, with everything shown", (stub) => inspect(stub, { depth: 5, showHidden: true, getters: true })],
  ["util.inspect, with the proxy shown", (stub) => inspect(stub, { showProxy: true })],
  ["JSON.stringify", (stub) => JSON.stringify({ stub })],
  ["a template string", (stub) => `${stub}`],
  ["string concatenation", (stub) => "" + (stub as never)],
  ["await", async (stub) => await stub],
  ["Promise.resolve", (stub) => Promise.resolve(stub)],
  ["returning it from an async function", (stub) => (async () => stub)()],
  ["expect().toBe", (stub) => expect(stub).toBe(stub)],
  ["expect().toEqual", (stub) => expect(() => expect(stub).toEqual({ a: 1 })).toThrow()],
  ["a comparison in depth", (stub) => isDeepStrictEqual(stub, {})],
  ["Object.keys and a spread", (stub) => [Object.keys(stub), { ...stub }, Object.entries(stub)]],
  [
    "for in",
    (stub) => {
      for (const _ in stub) throw new Error("a stub has no keys");
    },
  ],
  ["instanceof and type checks", (stub) => [stub instanceof Promise, Array.isArray(stub), types.isProxy(stub)]],
  ["Object.prototype.toString", (stub) => Object.prototype.toString.call(stub)],
  ["React, which asks for types, refs and keys", (stub) => [stub["$$typeof"], stub["ref"], stub["key"], stub["props"]]],
  ["Vue, which asks for its flags", (stub) => [stub["__v_skip"], stub["__v_isRef"], stub["__v_raw"]]],
  ["a DOM check", (stub) => [stub["nodeType"], stub["tagName"], stub["nodeName"]]],
  ["Immutable and lodash", (stub) => [stub["@@__IMMUTABLE_ITERABLE__@@"], stub["constructor"], stub["length"]]],
  [
    "every symbol there is",
    (stub) =>
      Reflect.ownKeys(Symbol).map((key) => {
        const symbol = Reflect.get(Symbol, key) as unknown;
        return typeof symbol === "symbol" ? Reflect.get(stub, symbol) : undefined;
      }),
  ],
];

describe("clients, branches and functions are quiet: nothing is sent, and nothing breaks, by", () => {
  it.each(looks)("%s", async (_name, look) => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    const { client, entries, end } = wire({ users: { get: () => 1 } });
    await client.users.get();
    const sent = entries.length;
    for (const stub of [client, client.users, client.users.get]) await look(stub as never);
    expect(await client.users.get()).toBe(1);
    expect(
      entries
        .slice(sent)
        .filter(({ direction }) => direction === "out")
        .map(({ kind }) => kind),
    ).toEqual(["call"]);
    await end();
  });

  it("and they cannot be changed", async () => {
    const { client, end } = wire({ one: () => 1 });
    expect(() => Object.assign(client, { one: 2 })).toThrow("a stub cannot be changed");
    expect(() => Object.defineProperty(client, "one", { value: 2 })).toThrow(TypeError);
    expect(() => Reflect.deleteProperty(client, "one")).toThrow(TypeError);
    await end();
  });
});
