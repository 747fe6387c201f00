import { openSession, transportPair, withMeta } from "@portolan/protocol";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { procedure, serve } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

const libraries = [
  ["zod", z.object({ user: z.object({ name: z.string() }) })],
  ["valibot", v.object({ user: v.object({ name: v.string() }) })],
  ["arktype", type({ user: { name: "string" } })],
] as const;

describe.each(libraries)("a procedure with an input schema of %s", (_library, schema) => {
  const api = { greet: procedure.input(schema as (typeof libraries)[0][1]).handler(({ input }) => input.user.name) };

  it("runs with what the schema lets through", async () => {
    const { remote, end } = wire(api);
    expect(await remote.greet({ user: { name: "ada" } })).toBe("ada");
    await end();
  });

  it("answers INVALID_ARGUMENT with the path and message of each issue, to anybody", async () => {
    const { remote, end } = wire(api, { trusted: false });
    const error = await failureOf(remote.greet({ user: { name: 7 as never } }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", data: { issues: [{ path: ["user", "name"] }] } });
    expect(error.message).toMatch(/^input\.user\.name: ./);
    const missing = await failureOf(remote.greet(undefined as never));
    expect(missing).toMatchObject({ code: "INVALID_ARGUMENT" });
    await end();
  });
});

describe("a procedure", () => {
  it("gives its handler what the schema made of the input, and its caller what the output schema made", async () => {
    const api = {
      add: procedure
        .input(z.object({ by: z.coerce.number().default(1) }).default({ by: 1 }))
        .output(z.number().transform((n) => `=${n}`))
        .handler(({ input }) => input.by + 1),
    };
    const { remote, end } = wire(api);
    expect(await remote.add({ by: "2" })).toBe("=3");
    expect(await remote.add()).toBe("=2");
    await end();
  });

  it("waits for schemas that answer later", async () => {
    const schema = z.string().refine(async (text) => text !== "bad", "is bad");
    const { remote, end } = wire({
      take: procedure
        .input(schema)
        .output(schema)
        .handler(({ input }) => `${input}!`),
    });
    expect(await remote.take("good")).toBe("good!");
    expect(await failureOf(remote.take("bad"))).toMatchObject({ code: "INVALID_ARGUMENT", message: "input: is bad" });
    await end();
  });

  it("leaks nothing when its output fails: INTERNAL there, the whole story here", async () => {
    const onError = vi.fn();
    const api = { user: procedure.output(z.object({ id: z.number() })).handler(() => ({ id: "secret" as never })) };
    const { remote, end } = wire(api, { trusted: false, onError });
    const error = await failureOf(remote.user());
    expect(error).toMatchObject({ code: "INTERNAL" });
    expect(JSON.stringify(error) + error.message).not.toMatch(/secret|id:|output/);
    expect(String(onError.mock.calls[0]?.[0])).toContain('"user" gave what its schema does not allow: output.id:');
    await end();
  });

  it("cannot be built wrongly, and cannot be served without a handler", () => {
    expect(() => procedure.input(z.string()).input(z.string())).toThrow("the input is declared twice");
    expect(() => procedure.input({} as never)).toThrow("Standard Schema");
    expect(() => procedure.output(z.string()).yields(z.string())).toThrow("not both");
    expect(() => procedure.concurrency(0)).toThrow("expected concurrency to be a positive number");
    expect(() => procedure.handler(7 as never)).toThrow("expected a handler, got number");
    expect(() => serve(transportPair()[1], { a: { b: procedure.input(z.string()) } })).toThrow(
      "router.a.b has no handler",
    );
  });
});

describe("yields", () => {
  it("checks every item and what the stream returns, keeps ids, and ends the producer at a bad item", async () => {
    const onError = vi.fn();
    let ended = 0;
    const api = {
      count: procedure
        .input(z.number())
        .yields(z.number().max(3), z.string())
        .handler(async function* ({ input }) {
          try {
            for (let i = 1; i <= input; i++) yield withMeta(i, { id: `n${i}` });
            return "done";
          } finally {
            ended++;
          }
        }),
    };
    const { remote, end } = wire(api, { trusted: false, onError });
    const stream = (await remote.count(2))[Symbol.asyncIterator]();
    expect([await stream.next(), await stream.next(), await stream.next()]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: "done" },
    ]);
    const seen: number[] = [];
    const error = await failureOf(
      (async () => {
        for await (const item of remote.count(9)) seen.push(item);
      })(),
    );
    expect([seen, error["code"]]).toEqual([[1, 2, 3], "INTERNAL"]);
    expect(String(onError.mock.calls[0]?.[0])).toContain("item");
    for await (const _ of remote.count(3)) break;
    await vi.waitFor(() => expect(ended).toBe(3));
    await end();
  });
});

describe("two copies of the package", () => {
  it("get along: a procedure of one is served by the other", async () => {
    const copy: string = "../dist/index.js";
    const { procedure: other } = (await import(copy)) as { procedure: typeof procedure };
    expect(other).not.toBe(procedure);
    const [here, there] = transportPair();
    const server = serve(there, { echo: other.input(z.string()).handler(({ input }) => input) });
    const session = openSession<{ echo(input: string): string }>(here);
    expect(await session.remote.echo("both")).toBe("both");
    expect(() => serve(transportPair()[1], { half: other.input(z.string()) })).toThrow("router.half has no handler");
    await session.close();
    await server.close();
  });
});

describe("a call that no handler has run for", () => {
  it("is told as not delivered: its input is wrong, or too many wait before it", async () => {
    let runs = 0;
    const finish: (() => void)[] = [];
    const { remote, session, end } = wire(
      {
        double: procedure.input(z.number()).handler(({ input }) => {
          runs++;
          return input * 2;
        }),
        slow: procedure.concurrency(1).handler(() => new Promise<void>((resolve) => finish.push(resolve))),
      },
      { limits: { calls: 2000 } },
    );
    await session.ready;
    expect(await failureOf(remote.double("2" as never))).toMatchObject({ code: "INVALID_ARGUMENT", delivered: "no" });
    expect(runs).toBe(0);
    const calls = Array.from({ length: 1026 }, () => Promise.resolve(remote.slow()));
    const outcomes = Promise.allSettled(calls);
    expect(await failureOf(calls[1025] as Promise<void>)).toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      delivered: "no",
    });
    const go = setInterval(() => finish.splice(0).map((done) => done()), 0);
    expect((await outcomes).filter(({ status }) => status === "fulfilled")).toHaveLength(1025);
    clearInterval(go);
    await end();
  });
});
