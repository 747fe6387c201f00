/** A value of one kind, made afresh each time. */
export interface SampleValue {
  readonly kind: string;
  make(): unknown;
}

const shared = (): unknown => {
  const one = { x: 1 };
  return { a: one, b: [one, one] };
};

const cycle = (): unknown => {
  const self: Record<string, unknown> = { list: [] };
  self["self"] = self;
  (self["list"] as unknown[]).push(self);
  return self;
};

const sparse = (): unknown => {
  const list: unknown[] = [1, 2, 3];
  delete list[1];
  list.length = 5;
  return Object.assign(list, { named: true });
};

const kinds: Readonly<Record<string, () => unknown>> = {
  "plain JSON": () => ({ text: 'ä\u0000\ud83d\ude00"\\', number: 1.5, yes: true, nothing: null, list: [[], {}] }),
  undefined: () => undefined,
  "undefined inside": () => ({ a: undefined, b: [undefined, 1] }),
  "numbers that JSON loses": () => [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
    5e-324,
    2 ** 53,
  ],
  bigint: () => [0n, -12n, 2n ** 100n],
  "named symbols": () => [Symbol.for("portolan.sample"), Symbol.iterator],
  Date: () => [new Date(0), new Date(8.64e15), new Date(Number.NaN)],
  "typed arrays": () => [
    new Uint8Array([1, 2]),
    new Uint8ClampedArray([255]),
    new Int16Array([-2]),
    new Uint32Array([7]),
    new Float32Array([1.5]),
    new Float64Array([Number.NaN]),
    new BigInt64Array([-3n]),
  ],
  "DataView and ArrayBuffer": () => [new DataView(new Uint8Array([9, 8]).buffer), new Uint8Array([1, 2, 3]).buffer],
  "a view's own bytes only": () => new Uint8Array(new Uint8Array([1, 2, 3, 4, 5]).buffer, 1, 3),
  "empty buffers": () => [new ArrayBuffer(0), new Uint8Array(0)],
  Map: () =>
    new Map<unknown, unknown>([
      ["a", 1],
      [{ key: 1 }, new Map([[Number.NaN, -0]])],
    ]),
  Set: () => new Set<unknown>([1, "1", Number.NaN, new Set([undefined])]),
  "boxed primitives": () => [Object(1), Object("x"), Object(true), Object(3n)],
  "holes and named properties": sparse,
  "an object without a prototype": () => Object.assign(Object.create(null), { a: 1 }),
  "an own __proto__": () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as unknown,
  "shared references": shared,
  cycles: cycle,
  "cycles through Map and Set": () => {
    const map = new Map<string, unknown>();
    map.set("set", new Set([map]));
    return map;
  },
  "error trees": () => new AggregateError([new TypeError("inner")], "outer", { cause: new RangeError("why") }),
  "errors with properties": () => Object.assign(new Error("with"), { status: 404, when: new Date(1) }),
  "keys like path syntax": () => ({ "": { ".": 1n }, "0": undefined, "[0]": -0, length: 1n, "a.b": new Date(2) }),
  "what looks like the wire": () => ["portolan", "", [[1, 2, 3]], { table: [[16, [0], 1]] }, [20, "OK", "bye"]],
  "a long list of special values": () =>
    Array.from({ length: 500 }, (_, index) => (index % 2 ? undefined : BigInt(index))),
};

/** One sample of every kind of value that crosses on every carrier. */
export const valueTable: readonly SampleValue[] = Object.entries(kinds).map(([kind, make]) => ({ kind, make }));
