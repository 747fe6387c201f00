import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RpcError } from "../src/error.ts";
import { fromBase64, toBase64 } from "../src/values/base64.ts";
import { unpack } from "../src/values/unpack.ts";
import { reading } from "./values-carrier.ts";

const limits = { depth: 8, nodes: 100, message: 1000, bigintDigits: 10 };

function failureOf(data: unknown, table: unknown, options = reading()): RpcError {
  try {
    unpack(data, table, options);
  } catch (error) {
    if (RpcError.is(error)) return error;
    throw error;
  }
  return expect.unreachable("it was accepted");
}

describe("a table that does not fit its data is refused", () => {
  it.each<[string, unknown, unknown]>([
    ["no list", 1, {}],
    ["an entry that is no list", 1, [1]],
    ["an entry without a path", 1, [[0]]],
    ["an unknown kind", 1, [[99, []]]],
    ["a kind that is no integer", 1, [["0", []]]],
    ["a negative kind", 1, [[-1, []]]],
    ["a path into nothing", {}, [[0, ["a"]]]],
    ["a path through text", "abc", [[0, [0]]]],
    ["a path over a prototype", {}, [[0, ["__proto__", "polluted"]]]],
    ["a path to a prototype", {}, [[0, ["__proto__"]]]],
    ["a path to a constructor", {}, [[0, ["constructor", "prototype"]]]],
    ["a path to a length", [1], [[0, ["length"]]]],
    ["an index in the disguise of a name", [1], [[0, ["0"]]]],
    ["an index beyond the end", [1], [[0, [1]]]],
    ["a negative index", [1], [[0, [-1]]]],
    ["an index into an object", { 0: 1 }, [[0, [0]]]],
    ["a path into bytes", [new Uint8Array(2)], [[0, [0, "0"]]]],
    ["a path into a Map", [new Map([["a", 1]])], [[0, [0, "size"]]]],
    ["a key that is an object", { a: 1 }, [[0, [{}]]]],
    [
      "two entries for one place",
      [null],
      [
        [0, [0]],
        [0, [0]],
      ],
    ],
    [
      "two entries for the root",
      null,
      [
        [0, []],
        [0, []],
      ],
    ],
    ["no number", ["1"], [[1, [0]]]],
    ["no bigint", ["0x10"], [[2, [0]]]],
    ["a bigint that is a number", [1], [[2, [0]]]],
    ["no well-known symbol", ["nope"], [[3, [0], 1]]],
    ["a function as a well-known symbol", ["for"], [[3, [0], 1]]],
    ["a date of text", ["2020"], [[4, [0]]]],
    ["a regexp that does not compile", [["(", "", 0]], [[5, [0]]]],
    ["a regexp without flags", [["a"]], [[5, [0]]]],
    ["bytes that are no base64", ["A"], [[6, [0], "Uint8Array"]]],
    ["bytes with spaces", ["AA A"], [[6, [0], "Uint8Array"]]],
    ["bytes of an unknown type", ["AAAA"], [[6, [0], "Function"]]],
    ["bytes of a type that is no name", ["AAAA"], [[6, [0], ["Uint8Array"]]]],
    ["bytes that are no whole numbers", ["AAAA"], [[6, [0], "Uint16Array"]]],
    ["bytes that are an object", [{}], [[6, [0], "Uint8Array"]]],
    ["a wrapped nothing", [[null]], [[7, [0]]]],
    ["a wrapped object", [[{}]], [[7, [0]]]],
    ["a wrapped pair", [[1, 2]], [[7, [0]]]],
    ["a list without length", [{}], [[8, [0]]]],
    ["a list of negative length", [{}], [[8, [0], -1]]],
    ["a list that is too long", [{}], [[8, [0], 2 ** 32]]],
    ["a list longer than its length", [{ 5: 1 }], [[8, [0], 2]]],
    ["a list that sets its length", [{ length: 5 }], [[8, [0], 2]]],
    ["no object", [[]], [[9, [0]]]],
    ["a Map of odd length", [[1]], [[10, [0]]]],
    ["a Map of no list", [{}], [[10, [0]]]],
    ["a Set of no list", ["abc"], [[11, [0]]]],
    ["an error of no object", [1], [[12, [0], "Error"]]],
    ["an error of an unknown class", [{}], [[12, [0], "Function"]]],
    ["an error of no class", [{}], [[12, [0]]]],
    ["an error with a message of another kind", [{ message: {} }], [[12, [0], "Error"]]],
    ["an error with props of another kind", [{ props: 1 }], [[12, [0], "Error"]]],
    ["an RpcError without a code", [{ props: { code: 1 } }], [[12, [0], "RpcError"]]],
    ["a ref to nowhere", [1], [[14, [0], [5]]]],
    ["a ref without a path", [1], [[14, [0]]]],
  ])("%s", (_title, data, table) => {
    expect(failureOf(data, table)).toMatchObject({ code: "INVALID_ARGUMENT", delivered: "no" });
  });

  it("before anything in it has been exported, read or changed", () => {
    const data = { a: null, b: 1 };
    failureOf(data, [
      [16, ["a"], 1],
      [4, ["b"]],
      [99, []],
    ]);
    expect(data).toStrictEqual({ a: null, b: 1 });
  });
});

describe("an untrusted peer", () => {
  const options = reading({ trusted: false, limits });
  const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);

  it("may nest as deep as the limit and no deeper", () => {
    expect(unpack(nest(8), null, options)).toStrictEqual(nest(8));
    expect(failureOf(nest(9), null, options).code).toBe("RESOURCE_EXHAUSTED");
    expect(failureOf(1, [[0, Array(9).fill(0)]], options).code).toBe("RESOURCE_EXHAUSTED");
  });

  it("may send as many nodes as the limit and no more, wherever they are", () => {
    const most = limits.nodes - 3;
    expect(unpack(Array(most).fill(1), null, options)).toHaveLength(most);
    for (const value of [
      Array(most + 2).fill(1),
      new Map(Array.from({ length: 60 }, (_, n) => [n, n])),
      { a: new Set(Array(200).keys()) },
    ]) {
      expect(failureOf(value, null, options).code).toBe("RESOURCE_EXHAUSTED");
    }
    expect(failureOf(null, Array(200).fill(0), options).code).toBe("RESOURCE_EXHAUSTED");
  });

  it("may send bigints as long as the limit and no longer, cloned or written", () => {
    for (const sign of ["", "-"]) {
      expect(unpack([`${sign}9999999999`], [[2, [0]]], options)).toStrictEqual([BigInt(`${sign}9999999999`)]);
      expect(failureOf([`${sign}10000000000`], [[2, [0]]], options).code).toBe("RESOURCE_EXHAUSTED");
      expect(unpack([BigInt(`${sign}9999999999`)], null, options)).toHaveLength(1);
      expect(failureOf([BigInt(`${sign}10000000000`)], null, options).code).toBe("RESOURCE_EXHAUSTED");
    }
  });

  it("may send no RegExp and no shared memory", () => {
    for (const value of [/x/, new SharedArrayBuffer(1), new Uint8Array(new SharedArrayBuffer(1))]) {
      expect(failureOf({ deep: new Map([[1, value]]) }, null, options).code).toBe("INVALID_ARGUMENT");
      expect(failureOf(Object.assign([1], { named: value }), null, options).code).toBe("INVALID_ARGUMENT");
    }
    expect(failureOf([["x", "", 0]], [[5, [0]]], options).code).toBe("INVALID_ARGUMENT");
  });

  it("pays once for what it names many times, and for the shortest way to it", () => {
    const shared = Array(20).fill(1);
    expect(unpack(Array(20).fill(shared), null, options)).toHaveLength(20);
    const last = [1];
    let chain: unknown[] = last;
    for (let level = 2; level <= 8; level++) chain = [chain];
    expect(unpack([last, chain], null, options)).toHaveLength(2);
    expect(failureOf([chain], null, options).code).toBe("RESOURCE_EXHAUSTED");
  });

  it("may send as many bytes of texts and keys as the limit and no more, wherever they are", () => {
    const text = "x".repeat(990);
    for (const value of [{ key: text, more: "y".repeat(3) }, ["0123456789", text], { [`${text}0123456789`]: 1 }]) {
      expect(unpack(value, null, options)).toBe(value);
      expect(failureOf([value, "z"], null, options).code).toBe("RESOURCE_EXHAUSTED");
      expect(failureOf([value], [{ z: 1 }], options).code).toBe("RESOURCE_EXHAUSTED");
    }
  });

  it("may send cycles and long holes, which cost it nothing", () => {
    const cycle: unknown[] = [];
    cycle[4_000_000_000] = cycle;
    expect(unpack(cycle, null, options)).toBe(cycle);
  });
});

const key = fc.oneof(
  fc.constantFrom<string | number>("a", "b", "__proto__", "constructor", "props", "cause", "length", 0, 1, -1),
  fc.nat(3),
);
const path = fc.array(key, { maxLength: 3 });
const rest = fc.array(
  fc.oneof(
    fc.constantFrom<unknown>(
      "Error",
      "RpcError",
      "DOMException",
      "Uint8Array",
      "Float64Array",
      "iterator",
      0,
      1,
      1e9,
      null,
    ),
    path,
  ),
  { maxLength: 2 },
);
const entry = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(fc.integer({ min: -1, max: 24 }), path, rest).map(([kind, at, more]) => [kind, at, ...more]),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const node = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(null, 1, "x", "AAAA", "12", "NaN", true),
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom("a", "b", "__proto__", "constructor", "props", "cause", "message", "name"),
      tie("node"),
      { maxKeys: 3 },
    ),
  ),
})).node;

describe("whatever a peer sends", () => {
  it("is a value or an RpcError, and touches no prototype", () => {
    const before = [Object.prototype, Array.prototype, Function.prototype, Error.prototype].map(
      (one) => Reflect.ownKeys(one).length,
    );
    fc.assert(
      fc.property(
        node,
        fc.oneof({ weight: 9, arbitrary: fc.array(entry, { maxLength: 5 }) }, fc.jsonValue()),
        fc.boolean(),
        (data, table, trusted) => {
          try {
            unpack(structuredClone(data), structuredClone(table), reading(trusted ? {} : { trusted, limits }));
          } catch (error) {
            if (!RpcError.is(error)) throw error;
          }
        },
      ),
      { numRuns: 5000 },
    );
    const after = [Object.prototype, Array.prototype, Function.prototype, Error.prototype].map(
      (one) => Reflect.ownKeys(one).length,
    );
    expect(after).toStrictEqual(before);
  });
});

describe("base64", () => {
  it("round-trips any bytes, as Buffer writes them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = toBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64"));
        expect(fromBase64(text)).toStrictEqual(new Uint8Array(bytes));
      }),
    );
    const long = new Uint8Array(100_000).map((_, index) => index);
    expect(fromBase64(toBase64(long))).toStrictEqual(long);
  });

  it("refuses everything else", () => {
    for (const text of ["A", "AA", "AAA", "A===", "AA=A", "AA-A", "AA_A", " AAA", "AAAA\n", "=AAA", "AAAÄ"]) {
      expect(fromBase64(text)).toBe(undefined);
    }
  });
});
