import { proxy, RpcTarget } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { serve } from "../src/index.ts";
import { failureOf, memoryListener, wire } from "./wire.ts";

const refused: [string, unknown, string][] = [
  [
    "R-10 the name then",
    JSON.parse('{"a": {"then": {}}}'),
    'router.a.then cannot be served: the name "then" is forbidden',
  ],
  ["the name constructor", { constructor: () => 1 }, "router.constructor cannot be served"],
  ["the name __proto__", { a: JSON.parse('{"__proto__": {}}') }, "router.a.__proto__ cannot be served"],
  [
    "an accessor",
    {
      a: {
        get now() {
          return 1;
        },
      },
    },
    "router.a.now is an accessor",
  ],
  ["a number", { a: { b: 7 } }, "router.a.b is a number"],
  ["a list", { a: [() => 1] }, "router.a is a list"],
  ["null", { a: null }, "router.a is null"],
  ["an instance of a class", { a: new (class Service {})() }, "router.a is an instance of a class: extend RpcTarget"],
  ["no router at all", 7, "expected a router, got a number"],
];

describe("a router is checked when it is served, and refused by its path:", () => {
  it.each(refused)("%s", (_name, router, message) => {
    expect(() => serve(memoryListener(), router as object)).toThrow(TypeError);
    expect(() => serve(memoryListener(), router as object)).toThrow(message);
  });

  it("a circle", () => {
    const router: Record<string, unknown> = { a: {} };
    (router["a"] as Record<string, unknown>)["up"] = router;
    expect(() => serve(memoryListener(), router)).toThrow("router.a.up leads back to a branch above it");
  });

  it("but objects marked by proxy are served by the names they show", async () => {
    class Service {
      get secret() {
        return 1;
      }
      open() {
        return "open";
      }
    }
    const { remote, end } = wire({ service: proxy(new Service(), ["open"]) });
    expect(await remote.service.open()).toBe("open");
    await end();
  });

  it("but a branch that is used twice is fine, and RpcTargets are left alone", async () => {
    class Clock extends RpcTarget {
      now() {
        return 7;
      }
    }
    const branch = { one: () => 1 };
    const { remote, end } = wire({ a: branch, b: branch, clock: new Clock(), none: undefined });
    expect([await remote.a.one(), await remote.b.one(), await remote.clock.now()]).toEqual([1, 1, 7]);
    await end();
  });

  it("R-10 every other name is free, even those that promises and stubs know", async () => {
    const names = [
      "catch",
      "finally",
      "close",
      "call",
      "apply",
      "bind",
      "name",
      "length",
      "toString",
      "status",
      "peer",
    ];
    const { remote, end } = wire(Object.fromEntries(names.map((name) => [name, () => name])));
    for (const name of names) expect(await (remote as Record<string, () => Promise<string>>)[name]?.()).toBe(name);
    await end();
  });

  it("unknown and inherited names are UNIMPLEMENTED and were not delivered", async () => {
    const { session, end } = wire({ users: { get: () => 1 } });
    const remote = session.remote as Record<string, Record<string, () => Promise<unknown>>>;
    for (const [branch, name] of [
      ["users", "got"],
      ["users", "hasOwnProperty"],
      ["nowhere", "at"],
    ] as const) {
      const error = await failureOf(remote[branch]?.[name]?.() as Promise<unknown>);
      expect(error).toMatchObject({ code: "UNIMPLEMENTED", delivered: "no" });
      expect(error.message).toContain(`${branch}.${name}`);
    }
    await end();
  });

  it("near names are suggested to trusted peers, and to nobody else", async () => {
    const api = { users: { rename: () => 1, remove: () => 2, list: () => 3 } };
    for (const trusted of [true, false]) {
      const { session, end } = wire(api, { trusted });
      const remote = session.remote as Record<string, Record<string, () => Promise<unknown>>>;
      const hint = async (branch: string, name: string) =>
        (await failureOf(remote[branch]?.[name]?.() as Promise<unknown>)).message.split(": ")[1];
      const answers = [
        await hint("users", "renmae"),
        await hint("user", "list"),
        await hint("users", "LIST"),
        await hint("users", "toString"),
      ];
      expect(answers).toEqual(
        trusted
          ? ['did you mean "users.rename"?', 'did you mean "users"?', 'did you mean "users.list"?', undefined]
          : [undefined, undefined, undefined, undefined],
      );
      await end();
    }
  });
});
