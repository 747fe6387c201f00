import type { ErrorOf, InputOf, ItemOf, OutputOf, Remote, RemoteResult } from "@portolan/protocol";
import { RpcTarget } from "@portolan/protocol";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import {
  type Call,
  contract,
  type Implementation,
  implement,
  lazy,
  type MiddlewareOptions,
  procedure,
  type Server,
  serve,
} from "../src/index.ts";

/** Compiles only where both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : [never]) => {};
// @ts-expect-error the proof fails where it should
same<1, 2>();

class Counter extends RpcTarget {
  value = 0;
  add(by: number): number {
    this.value += by;
    return this.value;
  }
  _private(): void {}
}

interface User {
  readonly id: number;
  readonly name: string;
  readonly born: Date;
  readonly tags?: readonly string[];
}

const requireLogin = ({ call, next }: MiddlewareOptions<{ readonly app: string }>) =>
  next({ context: { user: String(call.metadata) } });

const base = procedure.context<{ readonly app: string }>();

export const api = {
  add: (a: number, b: number) => a + b,
  files: {
    hash: async (paths: string[], onProgress: (done: number) => void) => {
      onProgress(1);
      return paths.map((path) => ({ path, size: 1 }));
    },
    lines: async function* (path: string) {
      yield path;
      return 7;
    },
    rename(this: Call, from: string, to: string) {
      return this.path.length + from.length + to.length;
    },
  },
  counter: () => new Counter(),
  identity: <T>(value: T) => value,
  users: {
    get: base
      .use(requireLogin)
      .input(z.object({ id: z.coerce.number<string>() }))
      .errors({ NOT_FOUND: z.object({ id: z.number() }), GONE: null })
      .handler(({ input, context, errors }) => {
        same<typeof input, { id: number }>();
        same<typeof context.user, string>();
        same<typeof context.app, string>();
        if (input.id < 0) throw errors.NOT_FOUND({ id: input.id });
        if (input.id === 0) throw errors.GONE();
        // @ts-expect-error the data is as declared
        if (input.id === 1) throw errors.NOT_FOUND({ id: "1" });
        // @ts-expect-error only declared codes are there
        if (input.id === 2) throw errors.OTHER();
        const user: User = { id: input.id, name: context.user, born: new Date() };
        return user;
      }),
    list: procedure.yields(z.object({ id: z.number() })).handler(async function* () {
      yield { id: 1 };
    }),
    all: procedure.output(z.array(z.string())).handler(() => ["ada"]),
    valibot: procedure.input(v.object({ id: v.number() })).handler(({ input }) => input.id),
    arktype: procedure.input(type({ id: "number" })).handler(({ input }) => input.id),
    optional: procedure.input(z.string().optional()).handler(({ input }) => input ?? ""),
  },
  later: lazy(async () => ({ one: (): number => 1, two: { deep: procedure.handler(() => 2) } })),
};

// @ts-expect-error what the output schema takes is what the handler gives
procedure.output(z.string()).handler(() => 7);
// @ts-expect-error a stream is what `yields` asks for
procedure.yields(z.string()).handler(() => "text");
// @ts-expect-error the context has no such thing
procedure.handler(({ context }) => context.user);

export async function calls(remote: Remote<typeof api>): Promise<void> {
  same<Awaited<ReturnType<typeof remote.add>>, number>();
  const [file] = await remote.files.hash(["a"], (done) => done.toFixed());
  same<typeof file, { path: string; size: number } | undefined>();
  for await (const line of remote.files.lines("a")) same<typeof line, string>();
  const end = await (await remote.files.lines("a")).next();
  if (end.done) same<typeof end.value, number>();
  same<Awaited<ReturnType<typeof remote.files.rename>>, number>();
  // @ts-expect-error `this` is not a parameter
  remote.files.rename({} as Call, "a", "b");

  const counter = await remote.counter();
  same<ReturnType<typeof counter.add>, RemoteResult<number>>();
  counter[Symbol.dispose]();
  const sum: number = await remote.counter().add(1); // ahead of its counter
  await remote.add(sum, remote.add(1, 2)); // with a result that is not there yet
  // @ts-expect-error fields stay over there
  counter.value.toFixed();

  const user = await remote.users.get({ id: "7" });
  const born: Date = user.born;
  const name: string = await remote.users.get({ id: "7" }).name; // ahead of its user
  await remote.users.list();
  await remote.users.optional();
  await remote.users.optional(remote.users.optional("a"));
  for await (const { id } of remote.users.list()) same<typeof id, number>();
  // @ts-expect-error an input is asked for
  remote.users.get();
  // @ts-expect-error of the right type
  remote.users.get({ id: 7 });
  // @ts-expect-error there is no such procedure
  remote.users.put({ id: 7 });
  same<Awaited<ReturnType<typeof remote.later.one>>, number>();
  same<Awaited<ReturnType<typeof remote.later.two.deep>>, number>();
  void [born, name];
}

type Users = (typeof api)["users"];
same<InputOf<Users["get"]>, { id: string }>();
same<InputOf<Users["valibot"]>, { id: number }>();
same<InputOf<Users["arktype"]>, { id: number }>();
same<InputOf<(typeof api)["add"]>, [a: number, b: number]>();
same<OutputOf<Users["all"]>, string[]>();
same<OutputOf<(typeof api)["add"]>, number>();
same<OutputOf<Remote<typeof api>["add"]>, number>();
same<OutputOf<Remote<typeof api>["users"]["all"]>, string[]>();
same<ItemOf<Users["list"]>, { id: number }>();
same<ItemOf<(typeof api)["files"]["lines"]>, string>();
same<Extract<ErrorOf<Users["get"]>, { readonly code: "NOT_FOUND" }>["data"], { id: number }>();

// Contract first: the compiler asks for every procedure, and for what it gives.
const chart = contract({
  ports: { find: procedure.input(z.string()).output(z.number()), all: procedure.yields(z.string()) },
});
const { procedures, router } = implement(chart);
const find = procedures.ports.find.handler(({ input }) => input.length);
const all = procedures.ports.all.handler(async function* () {
  yield "genoa";
});
export const implemented = router({ ports: { find, all } });
// @ts-expect-error `all` is missing
router({ ports: { find } });
// @ts-expect-error the wrong one
router({ ports: { find: all, all } });
// @ts-expect-error the wrong output
procedures.ports.find.handler(() => "seven");
same<Awaited<ReturnType<Remote<typeof chart>["ports"]["find"]>>, number>();

// What peers expose is typed where it is called.
interface PageApi {
  title(text: string): number;
}
export async function callBack(server: Server<PageApi>, call: Call<unknown, PageApi>): Promise<void> {
  const session = await server.when((peer) => peer.trusted);
  same<Awaited<ReturnType<typeof session.remote.title>>, number>();
  same<Awaited<ReturnType<typeof call.remote.title>>, number>();
  // @ts-expect-error there is no such function
  await session.remote.close();
  const served: Server<PageApi> = serve({} as never, {});
  await served.close();
}

// An API written down by hand.
interface Api {
  add(a: number, b: number): Promise<number>;
  watch(onChange: (value: number) => void): Promise<() => void>;
  lines(path: string): AsyncIterable<string>;
  user: { get(id: number): Promise<User>; name(id: number): string };
}
export const byHand = {
  add: (a: number, b: number) => a + b,
  watch(this: Call<{ user: string }>, onChange) {
    onChange(this.context.user.length);
    return () => {};
  },
  lines: async function* (path) {
    yield path;
  },
  user: {
    get: async (id) => ({ id, name: "ada", born: new Date() }),
    name: procedure.input(z.number()).handler(({ input }) => String(input)),
  },
} satisfies Implementation<Api>;
// @ts-expect-error the wrong result
({ ...byHand, add: () => "one" }) satisfies Implementation<Api>;
// @ts-expect-error something is missing
({ add: byHand.add }) satisfies Implementation<Api>;
