import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Kind, parseMessage } from "../src/index.ts";
import { hello } from "./sessions.ts";

/** One good message of each kind, and what cannot stand in each of its slots (the kind itself excluded). */
const shapes: Record<keyof typeof Kind, { readonly good: readonly unknown[]; readonly bad: readonly unknown[][] }> = {
  hello: {
    good: hello() as unknown[],
    bad: [
      [-1, "1", 0.5],
      [null, [], "x", {}],
    ],
  },
  call: {
    good: [Kind.call, 1, 0, ["a"], [], null, null],
    bad: [
      [0, -1, 1.5, "1", null, 2 ** 53],
      [1.5, "0", null],
      [-1, "a", [1], ["a", null], new Array(9).fill("a"), ["x".repeat(257)], {}],
      [],
      ["x", 1, {}],
      ["x", 1, [], { timeout: -1 }, { timeout: "1" }, { key: 1 }, { key: "x".repeat(257) }, { hold: 2 }],
    ],
  },
  notify: {
    good: [Kind.notify, 0, ["a"], []],
    bad: [[1.5, null], ["a", -1], [], ["x"], ["x", { timeout: Number.NaN }]],
  },
  resolve: { good: [Kind.resolve, 1, "x"], bad: [[0, "1", null], [], ["x", 1], [0, 2, true]] },
  reject: { good: [Kind.reject, 1, {}], bad: [[0, "1"], [], ["x"]] },
  cancel: { good: [Kind.cancel, 1], bad: [[0, null, 1.5], [], ["x"]] },
  done: { good: [Kind.done, 1], bad: [[0, "1", -1]] },
  path: {
    good: [Kind.path, 0, ["a"]],
    bad: [
      [-1, 1024, 0.5, "0"],
      [null, "a", [1], new Array(9).fill("a")],
    ],
  },
  retain: { good: [Kind.retain, 1], bad: [[0, -1, "1", null]] },
  release: {
    good: [Kind.release, 1, 1],
    bad: [
      [0, 0.5, "1"],
      [0, -1, "1", 0.5],
    ],
  },
  settle: { good: [Kind.settle, 1, 1, null], bad: [[0, -1], [2, true, null], [], ["x"]] },
  abort: { good: [Kind.abort, 1, "why"], bad: [[0, -1], [], ["x"]] },
  items: {
    good: [Kind.items, -1, [1], 8],
    bad: [
      [0, 0.5, "1"],
      [{}, "x", null],
      [-1, "8", 0.5],
      ["x"],
      ["x", [1], [[0]], [[0, 1, null]], [[0, "x".repeat(1025), null]], [[0, null, -1]], [[-1, null, null]]],
    ],
  },
  end: { good: [Kind.end, 1], bad: [[0, null], [], ["x"]] },
  fail: { good: [Kind.fail, 1, {}], bad: [[0, null], [], ["x"]] },
  credit: {
    good: [Kind.credit, 1, 256, 1024],
    bad: [
      [0, "1"],
      [-1, 0.5],
      [-1, "1"],
    ],
  },
  stop: { good: [Kind.stop, 1, 0], bad: [[0], [2, true, null], [], ["x"]] },
  fragment: {
    good: [Kind.fragment, 1, 0, "x"],
    bad: [
      [0, -1],
      [2, null],
      ["", 1, null, new Uint8Array(0), new Uint16Array(1), new DataView(new ArrayBuffer(1))],
    ],
  },
  ping: { good: [Kind.ping, 0], bad: [[-1, "0", null, 0.5]] },
  pong: { good: [Kind.pong, 0], bad: [[-1, "0"]] },
  goodbye: {
    good: [Kind.goodbye, "OK", ""],
    bad: [
      [1, null, "x".repeat(65)],
      [1, "x".repeat(4097)],
      [0, 2, true],
    ],
  },
};

describe("parseMessage", () => {
  it.each(Object.entries(shapes))("takes %s as it is, with slots that only later versions know", (_name, { good }) => {
    expect(parseMessage(good)).toEqual({ ok: true, message: good });
    const filled = [...good, ...new Array(Math.max(0, 8 - good.length)).fill(null), "later"];
    if (good[0] !== Kind.ping && good[0] !== Kind.pong) return;
    expect(parseMessage(filled).ok).toBe(true);
  });

  it.each(Object.entries(shapes))("F-11 refuses %s with any slot malformed, and says which", (name, { good, bad }) => {
    for (const [slot, values] of bad.entries()) {
      for (const value of values) {
        const broken = [...good];
        while (broken.length <= slot + 1) broken.push(null);
        broken[slot + 1] = value;
        const parsed = parseMessage(broken);
        expect(parsed, `${name} slot ${slot + 1}: ${JSON.stringify(value)}`).toMatchObject({ ok: false });
        expect(parsed.ok ? "" : parsed.error).toContain(`malformed ${name}`);
      }
    }
  });

  it.each(Object.entries(shapes))("refuses %s with a required slot missing", (name, { good }) => {
    expect(parseMessage([good[0]])).toEqual({ ok: false, error: expect.stringContaining(`malformed ${name}`) });
  });

  it.each([
    ["session", ["", "x".repeat(65), 1, null].slice(1)],
    ["codec", ["x".repeat(65), 1]],
    ["carries", [1]],
    ["moves", [null]],
    ["maxMessage", [-1, "0"]],
    ["trusted", [1, null]],
    ["features", [null, new Array(65).fill(""), [1]]],
    ["calls", [0, -1, "1"]],
    ["accepts", [-1, null]],
    ["contract", [1, "x".repeat(257)]],
  ])("refuses a hello whose %s is malformed", (field, values) => {
    for (const value of values) expect(parseMessage(hello({ [field]: value })).ok, String(value)).toBe(false);
  });

  it.each([null, undefined, 0, 1, "x", {}, new Map(), () => 1, [], [undefined], ["1"], [-1], [1.5], [99], [[]]])(
    "R-26 refuses what is no message: %s",
    (raw) => {
      expect(parseMessage(raw)).toMatchObject({ ok: false, error: expect.any(String) });
    },
  );

  it("never throws, whatever it is given", () => {
    const slot = fc.oneof(fc.integer({ min: -2, max: 30 }), fc.anything());
    fc.assert(
      fc.property(fc.array(slot), (raw) => {
        const parsed = parseMessage(raw);
        expect(typeof parsed.ok).toBe("boolean");
      }),
      { numRuns: 2000 },
    );
  });
});
