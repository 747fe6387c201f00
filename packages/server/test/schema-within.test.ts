import { describe, expect, it } from "vitest";
import { type ZodType, z } from "zod";
import { describeSchema } from "../src/describe-schema.ts";
import type { JsonSchema } from "../src/json-schema.ts";
import { refusals } from "../src/schema-within.ts";

const node: ZodType = z.object({
  value: z.string(),
  get next() {
    return node.optional();
  },
});
const shorter: ZodType = z.object({
  value: z.string().max(1),
  get next() {
    return shorter.optional();
  },
});

const schemas: Readonly<Record<string, ZodType>> = {
  anything: z.unknown(),
  nothing: z.never(),
  text: z.string(),
  "text of 2 to 4": z.string().min(2).max(4),
  "text like a…": z.string().regex(/^a/),
  email: z.email(),
  number: z.number(),
  whole: z.int(),
  "number from 0 to 9": z.number().min(0).max(9),
  "number above 0": z.number().gt(0),
  even: z.number().multipleOf(2),
  truth: z.boolean(),
  true: z.literal(true),
  null: z.null(),
  "text or null": z.string().nullable(),
  "text or number": z.union([z.string(), z.number()]),
  "a or b": z.enum(["a", "b"]),
  "a, b or c": z.enum(["a", "b", "c"]),
  "3": z.literal(3),
  "1 or a": z.literal([1, "a"]),
  texts: z.array(z.string()),
  "1 to 2 texts": z.array(z.string()).min(1).max(2),
  "texts or numbers": z.array(z.union([z.string(), z.number()])),
  "text and number": z.tuple([z.string(), z.number()]),
  "text, then numbers": z.tuple([z.string()]).rest(z.number()),
  record: z.record(z.string(), z.number()),
  "record of texts": z.record(z.string(), z.string()),
  point: z.object({ x: z.number(), y: z.number() }),
  "point, perhaps named": z.object({ x: z.number(), y: z.number(), name: z.string().optional() }),
  "named point": z.object({ x: z.number(), y: z.number(), name: z.string() }),
  "strict point": z.strictObject({ x: z.number(), y: z.number() }),
  "whole point": z.object({ x: z.int(), y: z.int() }),
  "half a point": z.object({ x: z.number() }),
  "both halves": z.intersection(z.object({ x: z.number() }), z.object({ y: z.number() })),
  "deep point": z.object({ at: z.object({ x: z.number() }), name: z.string().default("here") }),
  "deep text": z.object({ at: z.object({ x: z.string() }) }),
  "circle or square": z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("circle"), r: z.number() }),
    z.object({ kind: z.literal("square"), side: z.number() }),
  ]),
  circle: z.object({ kind: z.literal("circle"), r: z.number() }),
  list: node,
  "list of letters": shorter,
  date: z.date(),
  bigint: z.bigint(),
  map: z.map(z.string(), z.number()),
};

const samples: readonly unknown[] = [
  ...["", "a", "b", "c", "ab", "zz", "abcd", "abcde", "zzzzz", "ada@example.org", "zoe@example.org"],
  ...[0, 1, 2, 3, 4, 9, 10, 11, -1, -2, 2 ** 60, -(2 ** 60), 0.5, 1.5, 9.5, 10.5, -0.5],
  ...[true, false, null, undefined, new Date(0), 1n, new Map([["a", 1]]), Symbol.for("s")],
  ...[[], ["a"], ["a", "b"], ["a", "b", "c"], [1], ["a", 1], ["a", 1, 2], ["a", "b", 1], [{}], [null]],
  ...[
    {},
    { x: 1 },
    { y: 1 },
    { x: 1, y: 2 },
    { x: 1.5, y: 2.5 },
    { x: 1, y: 2, name: "a" },
    { x: "a" },
    { x: "a", y: "b" },
  ],
  ...[
    { x: 1, y: 2, z: 3 },
    { x: 1.5, y: 2, name: "a" },
    { name: "a" },
    { a: 1 },
    { a: "b" },
    { value: "a" },
    { value: "ab" },
  ],
  ...[
    { value: "a", next: { value: "a" } },
    { value: "a", next: { value: "ab" } },
    { value: "ab", next: { value: "a" } },
  ],
  ...[{ at: { x: 1 } }, { at: { x: "a" } }, { at: { x: 1 }, name: "b" }, { at: {} }],
  ...[{ kind: "circle", r: 1 }, { kind: "square", side: 1 }, { kind: "circle" }, { kind: "other" }],
];

async function jsonOf(schema: ZodType): Promise<JsonSchema> {
  return (await describeSchema(schema, "input")).json as JsonSchema;
}

const takes = (schema: ZodType, value: unknown) => schema.safeParse(value).success;

describe("every value that a schema takes is taken by another", () => {
  it.each(Object.keys(schemas))("%s: said of none that refuses one, and of each that refuses none", async (name) => {
    const before = schemas[name] as ZodType;
    const wrong: string[] = [];
    for (const [other, now] of Object.entries(schemas)) {
      const found = refusals(await jsonOf(before), await jsonOf(now), "sent");
      const lost = samples.filter((value) => takes(before, value) && !takes(now, value));
      const said = found.map(({ at, text }) => `it${at} ${text}`).join(", ");
      if (found.length === 0 && lost.length > 0 && !isOpen(before, lost)) wrong.push(`${other} refuses ${show(lost)}`);
      if (found.length > 0 && lost.length === 0) wrong.push(`${other}: ${said}`);
    }
    expect(wrong).toEqual([]);
  });
});

/** Objects are open where nobody said otherwise: fields that the schema does not name are no values of it. */
function isOpen(schema: ZodType, lost: readonly unknown[]): boolean {
  return lost.every((value) => {
    const parsed: unknown = schema.parse(value);
    return show(parsed) !== show(value);
  });
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "bigint" || typeof part === "symbol" ? String(part) : part instanceof Map ? [...part] : part,
  );
}
