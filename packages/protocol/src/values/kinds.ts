import type { ReferenceKind } from "./reference.ts";

/**
 * The integer of every special value. Each is sampled as it travels on a JSON
 * carrier: the value, the data in its place, and its table entry
 * `[kind, path, ...rest]`. On a carrier that clones, what structured clone
 * carries exactly (undefined, NaN, bigint, Date, typed arrays, Maps and Sets that
 * hold no special value …) goes as it is and has no entry.
 *
 * Entries come in the order in which values are complete: what a value holds
 * comes before the value itself.
 */
export const ValueKind = {
  /** `{ a: undefined }` → `{ a: null }`, `[0, ["a"]]`. */
  undefined: 0,
  /** NaN, the infinities and -0, as text: `[NaN]` → `["NaN"]`, `[1, [0]]`; also `"Infinity"`, `"-Infinity"`, `"-0"`. */
  number: 1,
  /** Decimal digits: `[12n]` → `["12"]`, `[2, [0]]`. */
  bigint: 2,
  /**
   * A symbol that has a name everywhere. Rest: 0 for the global registry, 1 for a well-known one.
   * `[Symbol.for("x")]` → `["x"]`, `[3, [0], 0]`; `[Symbol.iterator]` → `["iterator"]`, `[3, [0], 1]`.
   */
  symbol: 3,
  /** Milliseconds since 1970, null when invalid: `[new Date(5)]` → `[5]`, `[4, [0]]`. */
  date: 4,
  /** Source, flags and lastIndex; only between trusted ends: `[/a/g]` → `[["a", "g", 0]]`, `[5, [0]]`. */
  regexp: 5,
  /**
   * A view or a buffer: its own bytes, little-endian, as base64 (padded), or as a Uint8Array where the carrier
   * takes one. Rest: the type. `[new Uint16Array([1])]` → `["AQA="]`, `[6, [0], "Uint16Array"]`.
   */
  bytes: 6,
  /** A wrapped primitive, in a list of one: `[Object("x")]` → `[["x"]]`, `[7, [0]]`. */
  boxed: 7,
  /**
   * A list with holes or named properties, as an object of its own keys. Rest: its length.
   * `[[, 1]]` → `[{ "1": 1 }]`, `[8, [0], 2]`.
   */
  array: 8,
  /** An object without a prototype: `[Object.create(null)]` → `[{}]`, `[9, [0]]`. */
  nullProto: 9,
  /** Keys and values in turn: `[new Map([["a", 1]])]` → `[["a", 1]]`, `[10, [0]]`. */
  map: 10,
  /** `[new Set([1, 2])]` → `[[1, 2]]`, `[11, [0]]`. */
  set: 11,
  /**
   * An error: an object of what it has of `name`, `message`, `stack` (only between trusted ends), `cause`, `errors`,
   * and `props` (its own enumerable properties). Rest: the class to revive: Error, EvalError,
   * RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError, DOMException or RpcError.
   * `[new TypeError("no")]` → `[{ message: "no" }]`, `[12, [0], "TypeError"]`.
   */
  error: 12,
  /** What `encode` made of a registered class, in a list of one. Rest: the name. `[money]` → `[[{ cents: 5 }]]`, `[13, [0], "Money"]`. */
  class: 13,
  /** The same thing as at another place, that came before. Rest: its path. `[x, x]` → `[{}, null]`, `[14, [1], [0]]`. */
  ref: 14,
  /** The carrier clones it; said only where the data is otherwise plain: `[blob]` → `[blob]`, `[15, [0]]`. */
  native: 15,
  /** The kinds below are references; null in their place, and in the rest what sessions say of them (PROTOCOL.md). */
  function: 16,
  /** An object by reference: an RpcTarget, or marked by `proxy()`. */
  target: 17,
  promise: 18,
  signal: 19,
  stream: 20,
  /** What the receiver itself exported, coming home. */
  home: 21,
  /** The result of a call that is not answered yet. Only inside plain objects and arrays. */
  result: 22,
} as const;

/** One of {@link ValueKind}. */
export type ValueKindNumber = (typeof ValueKind)[keyof typeof ValueKind];

/** The reference kinds, by their integer minus `ValueKind.function`. */
export const referenceKinds: readonly ReferenceKind[] = [
  "function",
  "target",
  "promise",
  "signal",
  "stream",
  "home",
  "result",
];
