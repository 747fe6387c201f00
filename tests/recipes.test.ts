import { readFileSync } from "node:fs";
import { ORPCError, os, type RouterClient } from "@orpc/server";
import { createClient, safe, stats } from "@portolan/client";
import { transportPair } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { initTRPC, TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { serveOrpc } from "./recipes/serve-orpc.ts";
import { serveTrpc } from "./recipes/serve-trpc.ts";

const users = new Map([[7, "ada"]]);

const t = initTRPC.context<{ user: string }>().create();
const trpcRouter = t.router({
  users: t.router({
    get: t.procedure.input(z.object({ id: z.number() })).query(({ input, ctx }) => {
      const name = users.get(input.id);
      if (!name) throw new TRPCError({ code: "NOT_FOUND", message: `nobody has the id ${input.id}` });
      return { name, asked: ctx.user };
    }),
  }),
  add: t.procedure.input(z.array(z.number())).mutation(({ input }) => input.reduce((a, b) => a + b, 0)),
  ticks: t.procedure.subscription(async function* () {
    yield 1;
    yield 2;
  }),
});

const base = os.$context<{ user: string }>();
const orpcRouter = {
  users: {
    get: base.input(z.object({ id: z.number() })).handler(({ input, context }) => {
      const name = users.get(input.id);
      if (!name) throw new ORPCError("NOT_FOUND", { message: `nobody has the id ${input.id}`, data: { id: input.id } });
      return { name, asked: context.user };
    }),
  },
  add: base.input(z.array(z.number())).handler(({ input }) => input.reduce((a, b) => a + b, 0)),
  ticks: base.handler(async function* () {
    yield 1;
    yield 2;
  }),
};

const context = () => ({ user: "bob" });

describe("a recipe", () => {
  it("O-03 serves unchanged a tRPC 11 router: queries, mutations, subscriptions, errors, all typed", async () => {
    const [here, there] = transportPair();
    const server = serve(there, serveTrpc(trpcRouter, context));
    const client = createClient<ReturnType<typeof trpcRouter.createCaller>>(here);
    expect(await client.users.get({ id: 7 })).toEqual({ name: "ada", asked: "bob" });
    expect((await client.add([1, 2, 3])).toFixed()).toBe("6");
    const seen: number[] = [];
    for await (const tick of await client.ticks()) seen.push(tick);
    expect(seen).toEqual([1, 2]);
    expect((await safe(client.users.get({ id: 8 }))).error).toMatchObject({
      code: "NOT_FOUND",
      message: "nobody has the id 8",
    });
    expect((await safe(client.users.get({ id: "7" as never }))).error).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(stats(client)).toMatchObject({ calls: { inFlight: 0 }, streams: 0 });
    await client.close();
    await server.close();
  });

  it("O-03 serves unchanged an oRPC router: procedures, event iterators, errors with data, all typed", async () => {
    const [here, there] = transportPair();
    const server = serve(there, serveOrpc(orpcRouter, context));
    const client = createClient<RouterClient<typeof orpcRouter>>(here);
    expect(await client.users.get({ id: 7 })).toEqual({ name: "ada", asked: "bob" });
    expect((await client.add([1, 2, 3])).toFixed()).toBe("6");
    const seen: number[] = [];
    for await (const tick of await client.ticks()) seen.push(tick);
    expect(seen).toEqual([1, 2]);
    expect((await safe(client.users.get({ id: 8 }))).error).toMatchObject({ code: "NOT_FOUND", data: { id: 8 } });
    expect((await safe(client.users.get({ id: "7" as never }))).error).toMatchObject({ code: "INVALID_ARGUMENT" });
    await client.close();
    await server.close();
  });

  it.each([
    ["serve-trpc", 20],
    ["serve-orpc", 20],
    ["data-channel-transport", 50],
    ["file-upload", 30],
  ])("is in docs/recipes.md as it is tested: %s, in at most %i lines of code", (name, most) => {
    const code = readFileSync(new URL(`./recipes/${name}.ts`, import.meta.url), "utf8");
    const lines = code.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("/**"));
    expect(lines.length).toBeLessThanOrEqual(most);
    expect(readFileSync(new URL("../docs/recipes.md", import.meta.url), "utf8")).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
  });
});
