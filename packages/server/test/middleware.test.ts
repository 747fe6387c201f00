import { RpcError } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type MiddlewareOptions, procedure } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

describe("middleware", () => {
  const named = ({ call, next }: MiddlewareOptions) => next({ context: { user: String(call.metadata ?? "nobody") } });

  it("adds context, in order, and the handler sees all of it", async () => {
    const base = procedure.context<{ app: string }>().use(named);
    const api = {
      who: base
        .use(({ context, next }) => next({ context: { greeting: `hello ${context.user}` } }))
        .handler(({ context }) => `${context.app}: ${context.greeting}, ${context.user}`),
      base: base.handler(({ context }) => Object.keys(context)),
    };
    const { remote, end } = wire(api, { context: () => ({ app: "chart" }) });
    expect(await remote.who()).toBe("chart: hello nobody, nobody");
    expect(await remote.base()).toEqual(["app", "user"]);
    await end();
  });

  it("sees the raw input before the schema and the parsed one behind it, and may answer instead", async () => {
    const seen: unknown[] = [];
    const api = {
      get: procedure
        .use(({ input, next }) => {
          seen.push(input);
          return next();
        })
        .input(z.coerce.number())
        .use(async ({ input, next, answer }) => {
          seen.push(input);
          return input === 7 ? answer("cached") : next();
        })
        .handler(({ input }) => `fresh ${input}`),
    };
    const { remote, end } = wire(api);
    expect([await remote.get("7"), await remote.get("8")]).toEqual(["cached", "fresh 8"]);
    expect(seen).toEqual(["7", 7, "8", 8]);
    await end();
  });

  it("wraps result, error and stream, and what it throws is the answer", async () => {
    const log: unknown[] = [];
    const logged = procedure.meta({ log: true }).use(async ({ path, meta, next, answer }) => {
      log.push([path.join("."), meta["log"]]);
      try {
        const { output } = await next();
        if (typeof output === "number") return answer(output * 2);
        return answer(
          (async function* () {
            for await (const item of output as AsyncIterable<number>) yield item * 2;
          })(),
        );
      } catch (error) {
        log.push((error as Error).message);
        throw new RpcError("ABORTED", "wrapped");
      }
    });
    const api = {
      one: logged.handler(() => 1),
      bad: logged.handler(() => Promise.reject(new Error("inside"))),
      many: logged.handler(async function* () {
        yield 1;
        yield 2;
      }),
    };
    const { remote, end } = wire(api);
    expect(await remote.one()).toBe(2);
    expect(await failureOf(remote.bad())).toMatchObject({ code: "ABORTED", message: "wrapped" });
    const items: number[] = [];
    for await (const item of remote.many()) items.push(item);
    expect(items).toEqual([2, 4]);
    expect(log).toEqual([["one", true], ["bad", true], "inside", ["many", true]]);
    await end();
  });

  it("that forgets to return an outcome says so", async () => {
    const { remote, end } = wire({ a: procedure.use((() => {}) as never).handler(() => 1) });
    expect((await failureOf(remote.a())).message).toContain('a middleware of "a" returned no outcome');
    await end();
  });
});
