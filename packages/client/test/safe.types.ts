import type { ProcedureTypes, RpcError } from "@portolan/protocol";
import { type Client, createClient, isDefinedError, type metaOf, notify, safe, withOptions } from "../src/index.ts";

/** Compiles only where both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : [never]) => {};
// @ts-expect-error the proof fails where it should
same<1, 2>();

interface User {
  readonly id: number;
  readonly name: string;
}

/** An API written by hand; a procedure's type is what the server's package makes. */
interface Api {
  log: { write(line: string): void };
  add(a: number, b: number): Promise<number>;
  users: {
    get: ProcedureTypes<
      { id: number },
      User,
      { readonly NOT_FOUND: { readonly id: number }; readonly LOCKED: { readonly until: Date } }
    >;
  };
}

export async function check(client: Client<Api>): Promise<void> {
  const { error, data } = await safe(client.users.get({ id: 7 }));
  if (error) {
    if (error.code === "NOT_FOUND") same<typeof error.data.id, number>();
    else if (error.code === "LOCKED") same<typeof error.data.until, Date>();
    else {
      // @ts-expect-error what is not declared is not known
      error.data.until;
      if (error.code === "UNAVAILABLE") same<typeof error.delivered, "no" | "yes" | "unknown">();
    }
    if (isDefinedError(error)) same<typeof error.code, "NOT_FOUND" | "LOCKED">();
    same<typeof data, undefined>();
  } else {
    same<typeof data, User>();
  }

  const result = await safe(client.users.get({ id: 7 }));
  if (result.isDefined) same<typeof result.error.code, "NOT_FOUND" | "LOCKED">();
  // @ts-expect-error such a code is neither declared nor Portolan's
  if (result.error?.code === "NOT_FOND") return;

  const [failure, sum] = await safe(client.add(1, 2));
  if (failure) same<typeof failure, RpcError>();
  else same<typeof sum, number>();
  // What a plain function throws is not declared, so any code may come.
  if (failure?.code === "MINE") return;

  const plain = await safe(Promise.resolve(7));
  same<Exclude<typeof plain.data, undefined>, number>();

  same<ReturnType<typeof withOptions<Client<Api>["users"]>>, Client<Api>["users"]>();
  await withOptions(client, { timeout: 5 }).users.get({ id: 1 });
  // @ts-expect-error seconds are not milliseconds
  withOptions(client, { timeout: "5 s" });
  notify(client.log.write)("line");
  // @ts-expect-error a line is text
  notify(client.log.write)(7);
  notify(client.users.get)({ id: 1 });
  same<ReturnType<typeof metaOf>, { readonly id?: string; readonly retry?: number } | undefined>();
  same<ReturnType<typeof createClient<unknown>>["close"], Client<Api>["close"]>();
  // @ts-expect-error of an API that is not known nothing can be called
  createClient({} as never).add(1, 2);
  // `any` says that whatever is called is right.
  await (createClient({} as never) as ReturnType<typeof createClient<ReturnType<typeof JSON.parse>>>).users.get(7);
  // @ts-expect-error an API is asked for
  createClient<Api>("somewhere");
  await client.close();
}
