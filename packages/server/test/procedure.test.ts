import { nodeOf, openSession, RpcError, transportPair, withMeta } from "@portolan/protocol";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type MiddlewareOptions, procedure, serve } from "../src/index.ts";
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

describe("declared errors", () => {
  const api = {
    get: procedure
      .input(z.number())
      .errors({ NOT_FOUND: z.object({ id: z.number() }), GONE: null })
      .handler(async ({ input, errors }) => {
        if (input === 1) throw errors.NOT_FOUND({ id: 1 });
        if (input === 2) throw errors.GONE(undefined, "gone since 1969");
        if (input === 3) throw new RpcError("NOT_FOUND", "by hand", { data: { id: 3 } });
        if (input === 4) throw errors.NOT_FOUND({ id: "secret" } as never);
        if (input === 5) throw new RpcError("ABORTED", "not declared", { data: 5 });
        return input;
      }),
  };

  it("cross with code, data and the word that they are declared, to anybody", async () => {
    const { remote, end } = wire(api, { trusted: false, onError: () => {} });
    expect(await remote.get(0)).toBe(0);
    expect(await failureOf(remote.get(1))).toMatchObject({
      code: "NOT_FOUND",
      message: "not found",
      data: { id: 1 },
      defined: true,
    });
    expect(await failureOf(remote.get(2))).toMatchObject({ code: "GONE", message: "gone since 1969", defined: true });
    expect(await failureOf(remote.get(3))).toMatchObject({ code: "NOT_FOUND", data: { id: 3 }, defined: true });
    expect(await failureOf(remote.get(5))).toMatchObject({ code: "ABORTED", data: 5, defined: false });
    await end();
  });

  it("whose data is not as declared are INTERNAL, with nothing of it", async () => {
    const onError = vi.fn();
    const { remote, end } = wire(api, { trusted: false, onError });
    const error = await failureOf(remote.get(4));
    expect(error).toMatchObject({ code: "INTERNAL", defined: false });
    expect(error.message).not.toContain("secret");
    expect(String(onError.mock.calls[0]?.[0])).toContain("data of error NOT_FOUND.id");
    await end();
  });

  it("of somebody else do not pass for ours", async () => {
    const inner = wire(api);
    const outer = wire(
      {
        ask: procedure.errors({ NOT_FOUND: z.object({ id: z.number() }) }).handler(() => inner.remote.get(1)),
      },
      { trusted: false, onError: () => {} },
    );
    expect(await failureOf(outer.remote.ask())).toMatchObject({ code: "INTERNAL", defined: false });
    await outer.end();
    await inner.end();
  });

  it("are told in the middle of a stream as well", async () => {
    const { remote, end } = wire({
      count: procedure.errors({ TIRED: z.number() }).handler(async function* ({ errors }) {
        yield 1;
        throw errors.TIRED(1);
      }),
    });
    const seen: number[] = [];
    const error = await failureOf(
      (async () => {
        for await (const item of remote.count()) seen.push(item);
      })(),
    );
    expect([seen, error.code, error["data"], error["defined"]]).toEqual([[1], "TIRED", 1, true]);
    await end();
  });
});

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

describe("caps", () => {
  it("F-32 concurrency lets so many run, over all peers, and the others wait in line; streams count until they end", async () => {
    let running = 0;
    let most = 0;
    const api = {
      work: procedure
        .input(z.number())
        .concurrency(2)
        .handler(async ({ input }) => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 1));
          running--;
          return input;
        }),
      stream: procedure.concurrency(1).handler(async function* () {
        yield ++running;
        yield running;
      }),
    };
    const { remote, end } = wire(api);
    const results = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => remote.work(n)));
    expect([results, most, running]).toEqual([[1, 2, 3, 4, 5, 6], 2, 0]);
    const first = await remote.stream();
    let second: unknown;
    const waiting = Promise.resolve(remote.stream()).then((stream) => {
      second = stream;
      return stream.return?.(undefined as never);
    });
    await first.next();
    expect(second).toBeUndefined();
    await first.return?.(undefined as never);
    await waiting;
    await end();
  });

  it("a call that gives up while it waits leaves the line", async () => {
    let finish = () => {};
    const runs: number[] = [];
    const giveUp = new AbortController();
    const api = {
      work: procedure
        .input(z.number())
        .concurrency(1)
        .handler(({ input }) => {
          runs.push(input);
          return new Promise<number>((resolve) => {
            finish = () => resolve(input);
          });
        }),
    };
    const { session, remote, end } = wire(api);
    const first = remote.work(1);
    first.then(undefined, () => {});
    const node = nodeOf(remote.work);
    const second = node?.base.call(node, [2], { signal: giveUp.signal }).promise();
    const third = remote.work(3);
    third.then(undefined, () => {});
    await session.ping();
    giveUp.abort();
    expect((await failureOf(second as Promise<unknown>))["code"]).toBe("CANCELLED");
    finish();
    await first;
    await vi.waitFor(() => expect(runs).toEqual([1, 3]));
    finish();
    expect(await third).toBe(3);
    await end();
  });

  it("a deadline answers in time, aborts the signal, and ends a stream that comes too late", async () => {
    const reasons: unknown[] = [];
    let finish = () => {};
    let ended = 0;
    const api = {
      slow: procedure.deadline(10).handler(({ signal }) => {
        signal.addEventListener("abort", () => reasons.push(signal.reason.code));
        return new Promise<AsyncGenerator<number>>((resolve) => {
          finish = () =>
            resolve({
              return: async () => ({ done: true, value: ++ended }),
              [Symbol.asyncIterator]() {
                return this;
              },
            } as never);
        });
      }),
      quick: procedure.deadline(1000).handler(() => 1),
    };
    const { remote, end } = wire(api);
    expect(await failureOf(remote.slow())).toMatchObject({
      code: "DEADLINE_EXCEEDED",
      message: '"slow" did not finish within 10 ms',
    });
    expect(reasons).toEqual(["DEADLINE_EXCEEDED"]);
    finish();
    await vi.waitFor(() => expect(ended).toBe(1));
    expect(await remote.quick()).toBe(1);
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
