import { describe, expect, it } from "vitest";
import { proxy } from "../src/proxy-mark.ts";
import { RpcTarget } from "../src/rpc-target.ts";
import { pack } from "../src/values/pack.ts";
import { unpack } from "../src/values/unpack.ts";
import { carry, levels, packing, reading, TestReferences } from "./values-carrier.ts";

class Service extends RpcTarget {
  hello(): string {
    return "hello";
  }
}

function kindsOf(level: "clone" | "json", value: unknown): string[] {
  const references = new TestReferences();
  pack(value, packing(level, { references }));
  return references.written.map(([kind]) => kind);
}

describe.each(levels)("what crosses by reference (%s)", (level) => {
  it.each<[string, string, () => unknown]>([
    ["a function", "function", () => () => 1],
    ["a class", "function", () => class {}],
    ["an RpcTarget", "target", () => new Service()],
    ["a proxied plain object", "target", () => proxy({ f: () => 1 })],
    ["a proxied instance", "target", () => proxy(new (class A {})())],
    ["a promise", "promise", () => Promise.resolve(1)],
    // biome-ignore lint/suspicious/noThenProperty: a thenable is the point.
    ["a thenable", "promise", () => ({ then: () => {} })],
    ["an AbortSignal", "signal", () => new AbortController().signal],
    ["an async generator", "stream", () => (async function* () {})()],
    ["a generator", "stream", () => (function* () {})()],
    ["an iterator of a Map", "stream", () => new Map().values()],
    ["a ReadableStream", "stream", () => new ReadableStream()],
    ["a WritableStream", "stream", () => new WritableStream()],
    ["an AsyncIterable", "stream", () => ({ async *[Symbol.asyncIterator]() {} })],
    [
      "an instance with an async iterator",
      "stream",
      () =>
        new (class {
          async *[Symbol.asyncIterator]() {}
        })(),
    ],
  ])("%s", (_title, kind, create) => {
    expect(kindsOf(level, { deep: [create()] })).toStrictEqual([kind]);
  });

  it("is found in Maps, Sets, errors and lists with holes", () => {
    const odd: unknown[] = [];
    odd[1] = () => 4;
    const error = Object.assign(new Error("x"), { retry: () => 3 });
    const value = [new Map([["a", () => 1]]), new Set([() => 2]), error, odd];
    const references = new TestReferences();
    const [data, table] = carry(level, pack(value, packing(level, { references })));
    const copy = unpack(data, table, reading({ references })) as typeof value;
    const [map, set, failure, list] = copy as [
      Map<string, () => number>,
      Set<() => number>,
      { retry(): number },
      (() => number)[],
    ];
    expect([map.get("a")?.(), ...[...set].map((call) => call()), failure.retry(), list[1]?.()]).toStrictEqual([
      1, 2, 3, 4,
    ]);
  });

  it("is exported once, however often it occurs", () => {
    const callback = () => 1;
    const references = new TestReferences();
    const [data, table] = carry(level, pack([callback, { callback }, callback], packing(level, { references })));
    expect(references.written).toHaveLength(1);
    const copy = unpack(data, table, reading({ references })) as [unknown, { callback: unknown }, unknown];
    expect(copy).toStrictEqual([callback, { callback }, callback]);
  });

  it("is exported only when the whole value can cross", () => {
    const references = new TestReferences();
    expect(() => pack([() => 1, new WeakMap()], packing(level, { references }))).toThrow(/value\[1\] cannot cross/);
    expect(references.written).toStrictEqual([]);
  });

  it("never touches what a function holds, since it may be a stub", () => {
    const touched = new Proxy(() => 1, {
      get: () => expect.unreachable(),
      has: () => expect.unreachable(),
      getPrototypeOf: () => expect.unreachable(),
      ownKeys: () => expect.unreachable(),
    });
    expect(kindsOf(level, [touched])).toStrictEqual(["function"]);
  });

  it("is asked of the session first: the peer's own goes home, a result is put in place later", () => {
    const references = new TestReferences();
    const [home, result] = [() => 1, () => 2];
    references.homes.add(home);
    references.results.add(result);
    const [data, table] = carry(level, pack({ home, list: [result] }, packing(level, { references })));
    expect(references.written.map(([kind]) => kind)).toStrictEqual(["home", "result"]);
    const copy = unpack(data, table, reading({ references })) as { list: unknown[] };
    references.puts[1]?.("late");
    expect(copy.list).toStrictEqual(["late"]);
  });

  it("refuses an unanswered result where it could not be put in place later", () => {
    const references = new TestReferences();
    const result = () => 2;
    references.results.add(result);
    for (const value of [new Map([[1, result]]), new Set([[result]]), new Error("x", { cause: result })]) {
      expect(() => pack(value, packing(level, { references }))).toThrow(/await it first/);
    }
    const hostile = [
      [22, [1], 1],
      [10, []],
    ];
    expect(() => unpack(["a", null], hostile, reading())).toThrow(/unanswered result/);
  });
});
