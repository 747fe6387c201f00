import type { QueryFunctionContext } from "@tanstack/query-core";
import { callWithSignal } from "./call-with-signal.ts";
import { type ProcedureKey, procedureKey } from "./procedure-key.ts";

/** What `useQuery`, `fetchQuery` and friends take. */
export interface QueryOptions<Data> {
  readonly queryKey: ProcedureKey;
  readonly queryFn: (context: Pick<QueryFunctionContext, "signal">) => Promise<Data>;
}

/**
 * Options of a query that calls a procedure: `useQuery(queryOptions(client.users.get, { id: 7 }))`.
 * The key is the path and the arguments; a query that is cancelled aborts its call.
 * Spread it to add options of the query: `{ ...queryOptions(…), staleTime: 60_000 }`.
 */
export function queryOptions<Args extends readonly unknown[], Data>(
  procedure: (...args: Args) => PromiseLike<Data>,
  ...args: Args
): QueryOptions<Data> {
  return {
    queryKey: procedureKey(procedure, args),
    // TanStack Query takes no undefined for data.
    queryFn: async ({ signal }) => ((await callWithSignal(procedure, args, signal)) ?? null) as Data,
  };
}
