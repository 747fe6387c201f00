import { describe, expect, it } from "vitest";
import { z } from "zod";
import { contract, definitionOf, implement, lazy, type MiddlewareOptions, procedure, serve } from "../src/index.ts";
import { failureOf, memoryListener, wire } from "./wire.ts";

const chart = contract({
  ports: {
    find: procedure
      .input(z.object({ name: z.string() }))
      .output(z.object({ name: z.string(), depth: z.number() }))
      .errors({ NOT_FOUND: z.object({ name: z.string() }) })
      .meta({ cost: 1 })
      .idempotent(),
    all: procedure.yields(z.string()),
  },
});

describe("a contract", () => {
  it("is implemented procedure by procedure, with middleware, and served", async () => {
    const { procedures, router } = implement(chart);
    const logged = ({ next }: MiddlewareOptions) => next({ context: { depth: 7 } });
    const api = router({
      ports: {
        find: procedures.ports.find.use(logged).handler(({ input, context, errors }) => {
          if (input.name === "atlantis") throw errors.NOT_FOUND({ name: input.name });
          return { name: input.name, depth: context.depth };
        }),
        all: procedures.ports.all.handler(async function* () {
          yield "genoa";
        }),
      },
    });
    const { remote, end } = wire<typeof chart>(api as never);
    expect(await remote.ports.find({ name: "genoa" })).toEqual({ name: "genoa", depth: 7 });
    expect(await failureOf(remote.ports.find({ name: "atlantis" }))).toMatchObject({ data: { name: "atlantis" } });
    for await (const name of remote.ports.all()) expect(name).toBe("genoa");
    await end();
  });

  it("refuses an implementation with a hole, naming it, and branches may be lazy", async () => {
    const { procedures, router } = implement(chart);
    const all = procedures.ports.all.handler(async function* () {});
    expect(() => router({ ports: { all } } as never)).toThrow(
      "router.ports.find is in the contract and not in the router",
    );
    const find = procedures.ports.find.handler(({ input }) => ({ name: input.name, depth: 1 }));
    const api = router({ ports: lazy(async () => ({ all, find })) });
    const { remote, end } = wire<typeof chart>(api as never);
    expect(await remote.ports.find({ name: "x" })).toEqual({ name: "x", depth: 1 });
    await end();
  });

  it("says of itself what is idempotent, and cannot be served as it stands", () => {
    expect(definitionOf(chart.ports.find)).toMatchObject({ idempotent: true, meta: { cost: 1 } });
    expect(definitionOf(chart.ports.all)).toMatchObject({ idempotent: false });
    expect(() => serve(memoryListener(), chart)).toThrow("router.ports.find has no handler");
    expect(() => contract({ a: { b: 7 } } as never)).toThrow("contract.a.b is no procedure without a handler");
  });
});
