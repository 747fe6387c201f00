import type { QueryClient, QueryFunctionContext } from "@tanstack/query-core";
import { callWithSignal } from "./call-with-signal.ts";
import { type ProcedureKey, procedureKey } from "./procedure-key.ts";

/** How a stream becomes a query's data. */
export interface StreamSettings {
  /** Items that are kept, the latest ones. Default: all. */
  readonly keep?: number;
}

/** What `useQuery` takes, with the items so far as its data. */
export interface StreamOptions<Item> {
  readonly queryKey: ProcedureKey;
  readonly queryFn: (
    context: Pick<QueryFunctionContext<ProcedureKey>, "signal" | "queryKey"> & { client: QueryClient },
  ) => Promise<Item[]>;
}

/**
 * Options of a query whose data grows with a stream:
 * `useQuery(streamOptions(client.prices, ["EUR"], { keep: 100 }))`. The data is the list
 * of items so far; the query is fetching until the stream ends, and cancelling it,
 * as unmounting does, ends the stream. A refetch starts from an empty list.
 */
export function streamOptions<Args extends readonly unknown[], Item>(
  procedure: (...args: Args) => AsyncIterable<Item>,
  ...given: [] extends Args ? [args?: Args, settings?: StreamSettings] : [args: Args, settings?: StreamSettings]
): StreamOptions<Item> {
  // Where they are left out, none are needed.
  const [args = [] as unknown as Args, { keep = Number.POSITIVE_INFINITY } = {}] = given;
  if (!(keep >= 1)) throw new TypeError(`expected keep to be a number of items, got ${keep}`);
  return {
    queryKey: procedureKey(procedure, args),
    async queryFn({ signal, queryKey, client }) {
      let items: Item[] = [];
      for await (const item of callWithSignal(procedure, args, signal)) {
        items = [...items, item].slice(-keep);
        client.setQueryData(queryKey, items);
      }
      return items;
    },
  };
}
