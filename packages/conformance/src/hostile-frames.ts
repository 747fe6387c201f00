import { Kind } from "@portolan/protocol";

/** One frame that no honest peer sends. */
export interface HostileFrame {
  readonly what: string;
  /** The frames to send, the last of which is the hostile one. */
  readonly frames: readonly unknown[];
}

const call = (id: unknown, path: unknown = ["add"], args: unknown = [1, 2], ...rest: unknown[]): unknown[] => [
  Kind.call,
  id,
  0,
  path,
  args,
  ...rest,
];

/** Frames that cannot be right: on a port of its own they end the session, on a shared one they are left alone. */
export const malformedFrames: readonly HostileFrame[] = [
  ...["null", null, "a number", 42, "a text", "hello", "an object", {}, "an empty list", [], "true", true].flatMap(
    (value, index, all) => (index % 2 ? [{ what: String(all[index - 1]), frames: [value] }] : []),
  ),
  { what: "an unknown kind", frames: [[99]] },
  { what: "a negative kind", frames: [[-1]] },
  { what: "a kind as text", frames: [["call", 1, 0, ["add"], []]] },
  { what: "an inherited name as kind", frames: [["__proto__"]] },
  { what: "missing fields", frames: [[Kind.call, 1]] },
  { what: "a fractional id", frames: [call(1.5)] },
  { what: "a huge id", frames: [call(2 ** 60)] },
  { what: "a negative id", frames: [call(-1)] },
  { what: "id 0", frames: [call(0)] },
  { what: "an id as text", frames: [call("1")] },
  { what: "a path as text", frames: [call(1, "add")] },
  { what: "a path with a number in it", frames: [call(1, ["add", 1])] },
  { what: "a path of 9 segments", frames: [call(1, Array.from("123456789"))] },
  { what: "a path of 257 characters", frames: [call(1, ["x".repeat(257)])] },
  { what: "a table that is no list", frames: [call(1, ["add"], [1], { 0: 1 })] },
  { what: "an extra that is no record", frames: [call(1, ["add"], [1], null, [1])] },
  { what: "a negative timeout", frames: [call(1, ["add"], [1], null, { timeout: -1 })] },
  { what: "a call id used twice", frames: [call(1), call(1)] },
  { what: "call ids that fall", frames: [call(5), call(4)] },
  {
    what: "a path number given twice",
    frames: [
      [Kind.path, 0, ["add"]],
      [Kind.path, 0, ["echo"]],
    ],
  },
  { what: "a huge path number", frames: [[Kind.path, 2 ** 31, ["add"]]] },
  { what: "items that are no list", frames: [[Kind.items, 1, "items", 1]] },
  { what: "a credit below zero", frames: [[Kind.credit, -1, -5, -5]] },
  { what: "a release of nothing", frames: [[Kind.release, 1, 0]] },
  { what: "a goodbye with a huge message", frames: [[Kind.goodbye, "OK", "x".repeat(5000)]] },
  { what: "a batch of 1 025 messages", frames: [Array.from({ length: 1025 }, () => [Kind.pong, 1])] },
  { what: "a batch in a batch", frames: [[[[Kind.ping, 1]]]] },
  {
    what: "fragments of two messages mixed",
    frames: [
      [Kind.fragment, 1, 0, "[20"],
      [Kind.fragment, 2, 0, "[20"],
    ],
  },
  { what: "a fragment of nonsense", frames: [[Kind.fragment, 1, 1, "{not json"]] },
];

/** Well-formed messages about things that do not exist: nothing happens, or a typed refusal. */
export const strayFrames: readonly HostileFrame[] = [
  { what: "cancel of an unknown call", frames: [[Kind.cancel, 77]] },
  {
    what: "an answer to nothing",
    frames: [
      [Kind.resolve, 77, 1],
      [Kind.reject, 77, { code: "INTERNAL" }],
      [Kind.done, 77],
    ],
  },
  {
    what: "retain and release of nothing",
    frames: [
      [Kind.retain, 77],
      [Kind.release, 77, 3],
      [Kind.release, -77, 1],
    ],
  },
  {
    what: "a settled promise that nobody sent",
    frames: [
      [Kind.settle, 77, 1, "x"],
      [Kind.settle, 77, 0, "x"],
    ],
  },
  { what: "an abort of nothing", frames: [[Kind.abort, 77, "why"]] },
  {
    what: "items of an unknown stream",
    frames: [
      [Kind.items, 77, [1], 1],
      [Kind.items, -77, [1], 1],
    ],
  },
  {
    what: "end and failure of an unknown stream",
    frames: [
      [Kind.end, 77],
      [Kind.fail, 77, "x"],
    ],
  },
  {
    what: "credit and stop for an unknown stream",
    frames: [
      [Kind.credit, 77, 5, 5],
      [Kind.stop, 77, 0],
    ],
  },
  { what: "a pong that nobody asked for", frames: [[Kind.pong, 77]] },
  { what: "more slots than we know", frames: [[Kind.ping, 5, "later", "versions", "may"]] },
];

/** Calls that must be refused, or answered without harm, while the session goes on. */
export const refusedCalls: readonly {
  readonly what: string;
  readonly path: readonly string[];
  readonly target?: number;
}[] = [
  ...["__proto__", "constructor", "prototype", "then", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"].map(
    (name) => ({
      what: `the name ${name}`,
      path: [name],
    }),
  ),
  { what: "a path through __proto__", path: ["users", "__proto__", "toString"] },
  { what: "a path through constructor", path: ["add", "constructor", "constructor"] },
  { what: "properties of a function", path: ["add", "call"] },
  { what: "call and apply", path: ["add", "apply"] },
  { what: "an unknown name", path: ["no such procedure"] },
  { what: "a branch", path: ["users"] },
  { what: "nothing at all", path: [] },
  { what: "a reference that was never given", path: [], target: 12_345 },
  { what: "a result that is not held", path: [], target: -3 },
];

/** Side tables that do not fit their data. */
export const lyingTables: readonly { readonly what: string; readonly args: unknown; readonly table: unknown }[] = [
  { what: "an entry that is no list", args: [1], table: [7] },
  { what: "an unknown kind", args: [1], table: [[999, [0]]] },
  { what: "a path to nowhere", args: [1], table: [[2, [5]]] },
  { what: "a path through __proto__", args: [{}], table: [[2, [0, "__proto__", "polluted"]]] },
  { what: "a path through an inherited name", args: [{}], table: [[2, [0, "constructor"]]] },
  { what: "a path into a text", args: ["abc"], table: [[2, [0, 1]]] },
  { what: "the length of a list", args: [[1]], table: [[2, [0, "length"]]] },
  {
    what: "two entries for one place",
    args: ["1"],
    table: [
      [2, [0]],
      [2, [0]],
    ],
  },
  { what: "digits that are none", args: ["12x"], table: [[2, [0]]] },
  { what: "a date that is none", args: ["now"], table: [[4, [0]]] },
  { what: "base64 that is none", args: ["***"], table: [[6, [0], "Uint8Array"]] },
  { what: "bytes of an unknown type", args: ["AQA="], table: [[6, [0], "SharedArrayBuffer"]] },
  { what: "a map with half a pair", args: [[1]], table: [[10, [0]]] },
  { what: "an error of an unknown class", args: [{ message: "x" }], table: [[12, [0], "Function"]] },
  { what: "a class that is not registered", args: [[{}]], table: [[13, [0], "Nobody"]] },
  { what: "a sparse list of 4 billion", args: [{ "0": 1 }], table: [[8, [0], 2 ** 32 + 1]] },
  { what: "a function with a fractional id", args: [null], table: [[16, [0], 1.5, 0]] },
  { what: "a function with an unknown lease", args: [null], table: [[16, [0], 1, 9]] },
  { what: "a stream of an unknown form", args: [null], table: [[20, [0], 1, 9]] },
  { what: "a thing come home that never left", args: [null], table: [[21, [0], 999, []]] },
  { what: "a thing come home by __proto__", args: [null], table: [[21, [0], 0, ["__proto__"]]] },
  { what: "a result that is not held", args: [null], table: [[22, [0], 999]] },
];
