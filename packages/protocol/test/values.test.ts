import { isDeepStrictEqual } from "node:util";
import { serialize } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { pack, packArguments } from "../src/values/pack.ts";
import { unpack } from "../src/values/unpack.ts";
import { carry, cross, levels, packing, reading, TestReferences } from "./values-carrier.ts";

/** Each value as it travels on a JSON carrier, and back. */
const golden: readonly [title: string, value: unknown, data: unknown, table: unknown][] = [
  ["text", "x", "x", null],
  ["a lone surrogate", "\ud800", "\ud800", null],
  ["plain data", { a: [1, "b", null, true] }, { a: [1, "b", null, true] }, null],
  ["undefined", undefined, null, [[0, []]]],
  ["a key that is undefined", { a: undefined }, { a: null }, [[0, ["a"]]]],
  ["NaN", [Number.NaN], ["NaN"], [[1, [0]]]],
  ["Infinity", [Number.POSITIVE_INFINITY], ["Infinity"], [[1, [0]]]],
  ["-Infinity", [Number.NEGATIVE_INFINITY], ["-Infinity"], [[1, [0]]]],
  ["-0", [-0], ["-0"], [[1, [0]]]],
  [
    "a bigint",
    [12n, -3n, 0n],
    ["12", "-3", "0"],
    [
      [2, [0]],
      [2, [1]],
      [2, [2]],
    ],
  ],
  ["a registered symbol", [Symbol.for("x")], ["x"], [[3, [0], 0]]],
  ["a well-known symbol", [Symbol.iterator], ["iterator"], [[3, [0], 1]]],
  ["a date", [new Date(5)], [5], [[4, [0]]]],
  ["an invalid date", [new Date(Number.NaN)], [null], [[4, [0]]]],
  ["a view", [new Uint16Array([1])], ["AQA="], [[6, [0], "Uint16Array"]]],
  ["a buffer", [new Uint8Array([1, 2, 3]).buffer], ["AQID"], [[6, [0], "ArrayBuffer"]]],
  ["a wrapped string", [Object("x")], [["x"]], [[7, [0]]]],
  [
    "a wrapped bigint",
    [Object(1n)],
    [["1"]],
    [
      [2, [0, 0]],
      [7, [0]],
    ],
  ],
  // biome-ignore lint/suspicious/noSparseArray: that is what it tests.
  ["a list with a hole", [[, 1]], [{ 1: 1 }], [[8, [0], 2]]],
  ["a list with a named property", [Object.assign([1], { n: 2 })], [{ 0: 1, n: 2 }], [[8, [0], 1]]],
  ["an object without a prototype", [Object.assign(Object.create(null), { a: 1 })], [{ a: 1 }], [[9, [0]]]],
  ["a Map", [new Map([["a", 1]])], [["a", 1]], [[10, [0]]]],
  ["a Set", [new Set([1, 2])], [[1, 2]], [[11, [0]]]],
];

describe("a value on a JSON carrier", () => {
  for (const [title, value, data, table] of golden) {
    it(`writes ${title} as PROTOCOL.md says, and reads it back`, () => {
      const packed = pack(value, packing("json"));
      expect(packed.data).toStrictEqual(data);
      expect(packed.table).toStrictEqual(table);
      expect(packed.plain).toBe(true);
      expect(unpack(structuredClone(data), structuredClone(table), reading())).toStrictEqual(value);
    });
  }
});

class Sample {
  count = 1;
}

describe.each(levels)("a value that crosses by %s", (level) => {
  for (const [title, value] of golden) {
    it(`arrives exactly: ${title}`, () => expect(cross(level, value)).toStrictEqual(value));
  }

  it("keeps cycles and shared references", () => {
    const shared = { n: 1 };
    const value: Record<string, unknown> = { a: shared, b: [shared, shared] };
    value["self"] = value;
    const copy = cross(level, value) as typeof value & { a: unknown; b: unknown[]; self: unknown };
    expect(copy).not.toBe(value);
    expect(copy.self).toBe(copy);
    expect(copy.b[0]).toBe(copy.a);
    expect(copy.b[1]).toBe(copy.a);
  });

  it("keeps cycles through Maps, Sets, errors, lists with holes and objects without a prototype", () => {
    const map = new Map<unknown, unknown>();
    const set = new Set<unknown>([map]);
    const error = new Error("e", { cause: set });
    const bare: Record<string, unknown> = Object.create(null);
    const odd: unknown[] = [];
    odd[2] = bare;
    bare["error"] = error;
    map.set("odd", odd);
    map.set(map, map);
    const copy = cross(level, map) as typeof map;
    const [copiedOdd] = [copy.get("odd") as typeof odd];
    const copiedError = (copiedOdd[2] as typeof bare)["error"] as Error;
    expect((copiedError.cause as Set<unknown>).has(copy)).toBe(true);
    expect(copy.get(copy)).toBe(copy);
    expect(0 in copiedOdd).toBe(false);
  });

  it("keeps two places of one special value one value", () => {
    const date = new Date(1);
    const bytes = new Uint8Array([1]);
    const error = new Error("x");
    const copy = cross(level, [date, date, bytes, bytes, error, error, { error }]) as unknown[];
    expect(copy[0]).toBe(copy[1]);
    expect(copy[2]).toBe(copy[3]);
    expect(copy[4]).toBe(copy[5]);
    expect((copy[6] as { error: unknown }).error).toBe(copy[4]);
  });

  it("keeps an own key called __proto__ an own key, in every container", () => {
    const own = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    const error = Object.defineProperty(new Error("x"), "__proto__", { value: [undefined], enumerable: true });
    const bare = Object.defineProperty(Object.create(null), "__proto__", { value: 1n, enumerable: true });
    const copy = cross(level, [own, error, bare, new Map([[own, own]])]) as [
      object,
      object,
      object,
      Map<object, object>,
    ];
    for (const thing of copy.slice(0, 3)) expect(Object.hasOwn(thing, "__proto__")).toBe(true);
    expect(Object.getPrototypeOf(copy[0])).toBe(Object.prototype);
    expect(Object.getPrototypeOf(copy[1])).toBe(Error.prototype);
    expect(Object.getPrototypeOf(copy[2])).toBe(null);
    expect(isDeepStrictEqual(copy[0], own)).toBe(true);
    expect(({} as Record<string, unknown>)["polluted"]).toBe(undefined);
  });

  it("captures the value: what changes afterwards stays here", () => {
    const value = {
      list: [1],
      map: new Map([["a", { n: 1 }]]),
      set: new Set([1]),
      bytes: new Uint8Array([1]),
      date: new Date(1),
    };
    const packed = pack(value, packing(level));
    value.list.push(2);
    const inner = value.map.get("a");
    if (inner) inner.n = 2;
    value.map.clear();
    value.set.add(2);
    value.bytes[0] = 9;
    value.date.setTime(9);
    const [data, table] = carry(level, packed);
    expect(unpack(data, table, reading())).toStrictEqual({
      list: [1],
      map: new Map([["a", { n: 1 }]]),
      set: new Set([1]),
      bytes: new Uint8Array([1]),
      date: new Date(1),
    });
  });

  it("ships of a view its own bytes only", () => {
    const pool = new Uint8Array(64).fill(7);
    const view = pool.subarray(8, 12);
    const copy = cross(level, [view, Buffer.from("hi"), new DataView(pool.buffer, 1, 2)]) as [
      Uint8Array,
      Uint8Array,
      DataView,
    ];
    expect(copy[0].buffer.byteLength).toBe(4);
    expect(copy[1]).toStrictEqual(new Uint8Array([104, 105]));
    expect(copy[1].buffer.byteLength).toBe(2);
    expect(copy[2].buffer.byteLength).toBe(2);
    expect(copy[2]).toBeInstanceOf(DataView);
  });

  it("carries every kind of view, with the bits of its numbers", () => {
    const bits = new Float64Array([1.5, Number.NaN, -0]);
    const views = [
      new Int8Array([-1]),
      new Uint8ClampedArray([255]),
      new Int16Array([-2]),
      new Int32Array([-3]),
      new Uint32Array([4]),
      new Float32Array([0.5]),
      bits,
      new BigInt64Array([-5n]),
      new BigUint64Array([6n]),
      new Uint8Array(0),
      new ArrayBuffer(0),
    ];
    expect(cross(level, views)).toStrictEqual(views);
  });

  it("carries values of another realm", () => {
    const value = runInNewContext(
      `({ list: [1, , 3], map: new Map([[1, new Set([2])]]), date: new Date(3), error: new RangeError("r"),
          bytes: new Uint8Array([1]), boxed: Object(1), bare: Object.create(null), deep: [{ a: undefined }] })`,
    );
    const copy = cross(level, value) as Record<string, unknown>;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(copy["map"]).toStrictEqual(new Map([[1, new Set([2])]]));
    expect(copy["date"]).toStrictEqual(new Date(3));
    expect(copy["error"]).toBeInstanceOf(RangeError);
    expect(copy["bytes"]).toStrictEqual(new Uint8Array([1]));
    // biome-ignore lint/suspicious/noSparseArray: that is what it tests.
    expect(copy["list"]).toStrictEqual([1, , 3]);
    expect(copy["deep"]).toStrictEqual([{ a: undefined }]);
  });

  it("carries JS Proxies as what they show", () => {
    const bound = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (object, key) => {
          const value: unknown = Reflect.get(object, key);
          return typeof value === "function" ? value.bind(object) : value;
        },
      });
    const shown = new Proxy({ a: 1 }, { get: (_target, key) => (key === "a" ? 2 : undefined) });
    const value = [shown, new Proxy([1, { b: 2 }], {}), bound(new Map([["k", 1]])), bound(new Set([1]))];
    expect(cross(level, value)).toStrictEqual([{ a: 2 }, [1, { b: 2 }], new Map([["k", 1]]), new Set([1])]);
  });

  it("reads a getter once", () => {
    let reads = 0;
    const value = {
      get now() {
        return ++reads;
      },
    };
    expect(cross(level, value)).toStrictEqual({ now: 1 });
    expect(reads).toBe(1);
  });

  it("keeps long lists, dense, sparse and with named properties", () => {
    const dense = Array.from({ length: 1000 }, (_, index) => index);
    const sparse: unknown[] = [];
    sparse[4_000_000_000] = 1;
    const named = Object.assign(
      Array.from({ length: 300 }, () => ({})),
      { columns: ["a"] },
    );
    expect(cross(level, [dense, sparse, named])).toStrictEqual([dense, sparse, named]);
  });

  it("keeps what is met again the same thing, however many there are", () => {
    for (const count of [30, 31, 32, 33, 100]) {
      const things = Array.from({ length: count }, (_, id) => ({ id }));
      const [first, second] = cross(level, [things, [...things].reverse()]) as [unknown[], unknown[]];
      expect(first).toStrictEqual(things);
      expect(new Set([...first, ...second]).size).toBe(count);
      expect(second[0]).toBe(first[count - 1]);
    }
  });

  it("keeps a list that has as many names as holes", () => {
    // biome-ignore lint/suspicious/noSparseArray: that is what it tests.
    const list = Object.assign([, 1], { named: 2 });
    expect(cross(level, list)).toStrictEqual(list);
  });

  it("leaves out what every object inherits, although a loop over its names shows it", () => {
    const everything = Object.prototype as unknown as Record<string, unknown>;
    everything["haunted"] = () => {};
    try {
      const packed = pack({ a: { b: 1 } }, packing(level));
      expect(Object.keys(packed.data as object)).toEqual(["a"]);
      expect(packed.table).toBe(null);
    } finally {
      delete everything["haunted"];
    }
  });

  it("leaves out symbols that do not show, and refuses those that do", () => {
    const hidden = Object.defineProperty({ a: 1 }, Symbol("hidden"), { value: 2 });
    expect(cross(level, [hidden])).toStrictEqual([{ a: 1 }]);
    expect(() => pack([{ [Symbol("shown")]: 2 }], packing(level))).toThrow(
      /^value\[0\]\["Symbol\(shown\)"\] cannot cross/,
    );
  });

  it("goes as deep as the stack allows and refuses what is deeper", () => {
    const nest = (depth: number) => {
      let value: unknown = 1;
      for (let level = 0; level < depth; level++) value = [value];
      return value;
    };
    expect(cross(level, nest(500))).toStrictEqual(nest(500));
    expect(() => pack(nest(1_000_000), packing(level))).toThrow(/^value(\[0\]){32} … cannot cross/);
  });

  it("leaves the prototypes of instances it does not know out of it", () => {
    expect(() => pack({ sample: new Sample() }, packing(level))).toThrow(
      /value\.sample cannot cross: an instance of Sample/,
    );
  });
});

describe("a list on a carrier that clones", () => {
  it("is copied without holes, each of which V8 would write down with its number", () => {
    const records = Array.from({ length: 3 }, (_, id) => ({ id, tags: ["a", "b"] }));
    // What structured clone has made is full of holes to V8, even where none is.
    for (const list of [records, structuredClone(records)]) {
      expect(serialize(pack(list, packing("clone")).data)).toStrictEqual(serialize(records));
      expect(serialize(packArguments([list], packing("clone")).data)).toStrictEqual(serialize([records]));
    }
  });
});

describe("arguments", () => {
  it("are packed as a list whose paths begin with the index", () => {
    const references = new TestReferences();
    const callback = () => 1;
    const packed = packArguments([1, { done: callback }, undefined], packing("json", { references }));
    expect(packed.data).toStrictEqual([1, { done: null }, null]);
    expect(packed.table).toStrictEqual([
      [16, [1, "done"], 1],
      [0, [2]],
    ]);
    expect(references.written).toStrictEqual([["function", callback]]);
  });

  it("are copied even when nothing in them is special", () => {
    const args = [1, 2];
    const packed = packArguments(args, packing("clone"));
    expect(packed.data).toStrictEqual(args);
    expect(packed.data).not.toBe(args);
    expect(packArguments([], packing("clone")).data).toStrictEqual([]);
    expect(packArguments([1, Number.NaN], packing("json")).table).toStrictEqual([[1, [1]]]);
    expect(packArguments([Number.NaN, 1], packing("json")).table).toStrictEqual([[1, [0]]]);
  });

  it("tell their size, roughly", () => {
    expect(packArguments(["x".repeat(1000)], packing("clone")).size).toBeGreaterThan(1000);
    expect(packArguments([{ a: "x".repeat(1000) }], packing("clone")).size).toBeGreaterThan(1000);
    expect(packArguments([new Uint8Array(5000)], packing("clone")).size).toBeGreaterThan(5000);
    expect(packArguments([new Uint8Array(6000)], packing("json")).size).toBeGreaterThan(7500);
  });
});
