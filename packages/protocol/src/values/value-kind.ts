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

/** `{ a: undefined }` → `{ a: null }`, `[0, ["a"]]`. */
const undefinedKind = 0;
/** NaN, the infinities and -0, as text: `[NaN]` → `["NaN"]`, `[1, [0]]`; also `"Infinity"`, `"-Infinity"`, `"-0"`. */
export const number = 1;
/** Decimal digits: `[12n]` → `["12"]`, `[2, [0]]`. */
export const bigint = 2;
/**
 * A symbol that has a name everywhere. Rest: 0 for the global registry, 1 for a well-known one.
 * `[Symbol.for("x")]` → `["x"]`, `[3, [0], 0]`; `[Symbol.iterator]` → `["iterator"]`, `[3, [0], 1]`.
 */
export const symbol = 3;
/** Milliseconds since 1970, null when invalid: `[new Date(5)]` → `[5]`, `[4, [0]]`. */
export const date = 4;
/** Source, flags and lastIndex; only between trusted ends: `[/a/g]` → `[["a", "g", 0]]`, `[5, [0]]`. */
export const regexp = 5;
/**
 * A view or a buffer: its own bytes, little-endian, as base64 (padded), or as a Uint8Array where the carrier
 * takes one. Rest: the type. `[new Uint16Array([1])]` → `["AQA="]`, `[6, [0], "Uint16Array"]`.
 */
export const bytes = 6;
/** A wrapped primitive, in a list of one: `[Object("x")]` → `[["x"]]`, `[7, [0]]`. */
export const boxed = 7;
/**
 * A list with holes or named properties, as an object of its own keys. Rest: its length.
 * `[[, 1]]` → `[{ "1": 1 }]`, `[8, [0], 2]`.
 */
export const array = 8;
/** An object without a prototype: `[Object.create(null)]` → `[{}]`, `[9, [0]]`. */
export const nullProto = 9;
/** Keys and values in turn: `[new Map([["a", 1]])]` → `[["a", 1]]`, `[10, [0]]`. */
export const map = 10;
/** `[new Set([1, 2])]` → `[[1, 2]]`, `[11, [0]]`. */
export const set = 11;
/**
 * An error: an object of what it has of `name`, `message`, `stack` (only between trusted ends), `cause`, `errors`,
 * and `props` (its own enumerable properties). Rest: the class to revive: Error, EvalError,
 * RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError, DOMException or RpcError.
 * `[new TypeError("no")]` → `[{ message: "no" }]`, `[12, [0], "TypeError"]`.
 */
export const error = 12;
/** What `encode` made of a registered class, in a list of one. Rest: the name. `[money]` → `[[{ cents: 5 }]]`, `[13, [0], "Money"]`. */
const classKind = 13;
/** The same thing as at another place, that came before. Rest: its path. `[x, x]` → `[{}, null]`, `[14, [1], [0]]`. */
export const ref = 14;
/** The carrier clones it; said only where the data is otherwise plain: `[blob]` → `[blob]`, `[15, [0]]`. */
export const native = 15;
/** The kinds below are references; null in their place, and in the rest what sessions say of them (PROTOCOL.md). */
const functionKind = 16;
/** An object by reference: an RpcTarget, or marked by `proxy()`. */
export const target = 17;
export const promise = 18;
export const signal = 19;
export const stream = 20;
/** What the receiver itself exported, coming home. */
export const home = 21;
/** The result of a call that is not answered yet. Only inside plain objects and arrays. */
export const result = 22;

// These names are words of the language.
export { classKind as class, functionKind as function, undefinedKind as undefined };
