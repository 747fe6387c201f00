import { RpcTarget } from "@portolan/protocol";
import { toStandardJsonSchema as shown } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type Contract,
  type ContractDescription,
  contract,
  describeContract,
  diffContracts,
  implement,
  lazy,
  parseDescription,
  procedure,
} from "../src/index.ts";

/** What changed, a line each, from one contract to the next; both go through JSON, as files do. */
async function changes(before: object, now: object): Promise<string[]> {
  const [old, fresh] = [await written(before), await written(now)];
  return diffContracts(old, fresh).map(({ path, verdict, text }) => `${verdict}: ${path} ${text}`);
}

async function written(described: object): Promise<ContractDescription> {
  return parseDescription(JSON.parse(JSON.stringify(await describeContract(described))));
}

const one = (part: object): Contract => contract({ one: part });

describe("a change that breaks callers is named by path", () => {
  const cases: Record<string, readonly [before: object, now: object, told: readonly string[]]> = {
    "a procedure that is gone": [one(procedure), contract({}), ["breaking: one is gone"]],
    "a procedure that moved": [
      contract({ a: { b: procedure } }),
      contract({ b: procedure }),
      ["breaking: a.b is gone", "compatible: b is new"],
    ],
    "a call that is a stream now": [
      one(procedure.output(z.string())),
      one(procedure.yields(z.string())),
      ["breaking: one is a stream now, was a call"],
    ],
    "an input that is required now": [
      one(procedure),
      one(procedure.input(z.string())),
      ["breaking: one input is required now"],
    ],
    "an input that may no longer be left out": [
      one(procedure.input(z.string().optional())),
      one(procedure.input(z.string())),
      ["breaking: one input is required now"],
    ],
    "a field that is required now": [
      one(procedure.input(z.object({ id: z.number() }))),
      one(procedure.input(z.object({ id: z.number(), to: z.object({ x: z.number() }) }))),
      ["breaking: one input.to is required now"],
    ],
    "an input that is narrower, deep inside": [
      one(procedure.input(z.object({ to: z.array(z.object({ name: z.string() })) }))),
      one(procedure.input(z.object({ to: z.array(z.object({ name: z.string().min(3) })) }))),
      ["breaking: one input.to[].name has 3 as its least length now, had 0"],
    ],
    "a choice that is gone": [
      one(procedure.input(z.enum(["a", "b"]))),
      one(procedure.input(z.enum(["a"]))),
      ['breaking: one input refuses "b" now'],
    ],
    "an output that is wider": [
      one(procedure.output(z.object({ name: z.string() }))),
      one(procedure.output(z.object({ name: z.string().nullable() }))),
      ["breaking: one output.name may be null now"],
    ],
    "an output with a field less": [
      one(procedure.output(z.object({ name: z.string(), age: z.number() }))),
      one(procedure.output(z.object({ name: z.string() }))),
      ["breaking: one output.age is gone"],
    ],
    "an output with a choice more": [
      one(procedure.output(z.enum(["a"]))),
      one(procedure.output(z.enum(["a", "b"]))),
      ['breaking: one output may be "b" now'],
    ],
    "an output that may be undefined": [
      one(procedure.output(z.string())),
      one(procedure.output(z.string().optional())),
      ["breaking: one output may be undefined now"],
    ],
    "an output that says nothing any more": [
      one(procedure.output(z.string())),
      one(procedure),
      ["breaking: one output is not declared any more, and may be anything"],
    ],
    "items that are others": [
      one(procedure.yields(z.string())),
      one(procedure.yields(z.number())),
      ["breaking: one items may be a number now"],
    ],
    "a return value that is another": [
      one(procedure.yields(z.string(), z.number())),
      one(procedure.yields(z.string(), z.date())),
      ["breaking: one the return value may be a date now"],
    ],
    "a declared error that is gone": [
      one(procedure.errors({ GONE: null, LEFT: null })),
      one(procedure.errors({ LEFT: null })),
      ["breaking: one error GONE is not declared any more"],
    ],
    "a declared error that says something else": [
      one(procedure.errors({ NOT_FOUND: z.object({ id: z.number() }), BUSY: z.object({}) })),
      one(procedure.errors({ NOT_FOUND: z.object({ id: z.string() }), BUSY: null })),
      ["breaking: one error BUSY has no data any more", "breaking: one error NOT_FOUND: data.id may be a string now"],
    ],
    "what must not be repeated any more": [
      one(procedure.idempotent()),
      one(procedure),
      ["breaking: one is not idempotent any more: callers that were told so may still repeat it"],
    ],
    "what JSON has no words for": [
      one(procedure.input(z.object({ at: z.date() })).output(z.map(z.string(), z.bigint()))),
      one(procedure.input(z.object({ at: z.bigint() })).output(z.set(z.string()))),
      ["breaking: one input.at refuses a date now", "breaking: one output may be a set now"],
    ],
    "the same with another library": [
      one(procedure.input(type({ at: "Date", "size?": "number" })).output(type({ name: "string" }))),
      one(procedure.input(type({ at: "bigint", size: "number" })).output(type({ name: "string | null" }))),
      [
        "breaking: one input.at refuses a date now",
        "breaking: one input.size is required now",
        "breaking: one output.name may be null now",
      ],
    ],
    "the same with valibot, in its wrapper": [
      one(procedure.input(shown(v.object({ at: v.date(), size: v.optional(v.number()) })))),
      one(procedure.input(shown(v.object({ at: v.bigint(), size: v.number() })))),
      ["breaking: one input.at refuses a date now", "breaking: one input.size is required now"],
    ],
  };

  it.each(Object.entries(cases))("%s", async (_name, [before, now, told]) => {
    expect(await changes(before, now)).toEqual(told);
    const [old, fresh] = [await describeContract(before), await describeContract(now)];
    expect(old.hash).not.toBe(fresh.hash);
  });
});

describe("a change that callers do not notice is told as such", () => {
  const cases: Record<string, readonly [before: object, now: object, told: readonly string[]]> = {
    "what is new": [contract({}), one(procedure), ["compatible: one is new"]],
    "an input that takes more": [
      one(procedure.input(z.object({ id: z.number() }))),
      one(procedure.input(z.object({ id: z.union([z.number(), z.string()]), to: z.string().optional() }))),
      ["compatible: one input takes more now"],
    ],
    "an output with more fields": [
      one(procedure.output(z.object({ id: z.number() }))),
      one(procedure.output(z.object({ id: z.int(), name: z.string() }))),
      ["compatible: one output gives less now, or fields that nobody knew"],
    ],
    "an error that is new, an input that may be given, an output that is declared": [
      one(procedure),
      one(procedure.input(z.string().optional()).output(z.string()).errors({ GONE: null }).idempotent()),
      [
        "compatible: one takes an input now",
        "compatible: one output is declared now",
        "compatible: one error GONE is new",
        "compatible: one is idempotent now",
      ],
    ],
    "words, and the order in which things stand": [
      one(procedure.input(z.object({ a: z.string(), b: z.enum(["x", "y"]) }))),
      one(
        procedure.input(z.object({ b: z.enum(["y", "x"]), a: z.string().describe("the first") }).meta({ title: "it" })),
      ),
      [],
    ],
    "a library that shows the same": [
      one(procedure.input(z.object({ id: z.number(), name: z.string() }))),
      one(procedure.input(type({ name: "string", id: "number" }))),
      [],
    ],
  };

  it.each(Object.entries(cases))("%s", async (_name, [before, now, told]) => {
    expect(await changes(before, now)).toEqual(told);
    const [old, fresh] = [await describeContract(before), await describeContract(now)];
    expect(old.hash === fresh.hash).toBe(told.length === 0);
  });
});

describe("what cannot be compared is said", () => {
  it("where the library shows no JSON Schema; whether an input may be left out is known all the same", async () => {
    expect(
      await changes(
        one(procedure.input(v.optional(v.object({ id: v.number() }))).output(v.string())),
        one(procedure.input(v.object({ id: v.string() })).output(v.string())),
      ),
    ).toEqual([
      "breaking: one input is required now",
      "unknown: one input cannot be compared: valibot shows no JSON Schema of it",
      "unknown: one output cannot be compared: valibot shows no JSON Schema of it",
    ]);
  });

  it("of plain functions, and of what does not say whether it is a stream", async () => {
    const handled = { a: (x: number) => x, async *b() {}, c: procedure.handler(() => 1) };
    const now = { a: (x: string) => x, b: () => 1, c: procedure.yields(z.string()).handler(async function* () {}) };
    expect(await changes(handled, now)).toEqual([
      "unknown: a is a plain function: of it nothing but the path is known",
      "unknown: b was a stream; what it is now is not declared",
      "unknown: b is a plain function: of it nothing but the path is known",
      "unknown: c is a stream now; what it was is not declared",
      "compatible: c items is declared now",
    ]);
  });
});

describe("the description of a router", () => {
  it("is that of its contract, loads lazy branches, and knows targets and generators", async () => {
    const chart = contract({ deep: { find: procedure.input(z.string()).output(z.number()) } });
    const { procedures } = implement(chart);
    const find = procedures.deep.find.handler(({ input }) => input.length);
    const described = await describeContract({ deep: lazy(async () => ({ find })) });
    expect(described).toEqual(await describeContract(chart));
    class Counter extends RpcTarget {
      up() {}
      _hidden() {}
    }
    const more = await describeContract({
      counter: new Counter(),
      ticks: procedure.handler(async function* () {}),
      "odd name": { "a.b": () => 1 },
    });
    expect(more.procedures).toEqual({
      '"odd name"."a.b"': { plain: true },
      "counter.up": { plain: true },
      ticks: { kind: "stream" },
    });
  });

  it("is refused where it is none, and where a file holds something else", async () => {
    await expect(describeContract([] as never)).rejects.toThrow("expected a contract or a router");
    for (const [value, message] of [
      [{}, "this is no description of a contract"],
      [{ portolan: 2 }, "has the form 2, expected 1"],
      [{ portolan: 1, hash: "x" }, "has no procedures"],
      [{ portolan: 1, hash: "x", procedures: { a: 1 } }, "the description of a is no object"],
      [{ portolan: 1, hash: "x", procedures: { a: { input: { json: 7 } } } }, "a schema of a cannot be read"],
    ] as const)
      expect(() => parseDescription(value)).toThrow(message);
  });
});
