import type { ProcedureTypes, Remote } from "@portolan/protocol";
import { queryOptions, streamOptions } from "../src/index.ts";

/** Compiles only where both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : [never]) => {};

interface Api {
  add(a: number, b: number): Promise<number>;
  ticks(): AsyncIterable<number>;
  count(to: number): AsyncIterable<number>;
  users: { get: ProcedureTypes<{ id: number }, { name: string }, { readonly NOT_FOUND: { id: number } }> };
}

export function check(client: Remote<Api>): void {
  const user = queryOptions(client.users.get, { id: 7 });
  same<Awaited<ReturnType<typeof user.queryFn>>, { name: string }>();
  const sum = queryOptions(client.add, 1, 2);
  same<Awaited<ReturnType<typeof sum.queryFn>>, number>();
  const ticks = streamOptions(client.ticks);
  same<Awaited<ReturnType<typeof ticks.queryFn>>, number[]>();
  streamOptions(client.ticks, [], { keep: 3 });
  streamOptions(client.count, [3]);
  // @ts-expect-error its argument is not optional
  streamOptions(client.count);
  // @ts-expect-error the input is as declared
  queryOptions(client.users.get, { id: "7" });
  // @ts-expect-error the proof fails where it should
  same<1, 2>();
}
