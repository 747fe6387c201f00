import { openSession, transportPair } from "@portolan/protocol";
import { MutationObserver, QueryClient } from "@tanstack/query-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mutationOptions, procedureKey, queryOptions, streamOptions } from "../src/index.ts";

let queries: QueryClient;
let open: ReturnType<typeof openPair>;

beforeEach(() => {
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  open = openPair();
});

afterEach(async () => {
  queries.clear();
  expect(open.session.stats()).toMatchObject({ calls: { inFlight: 0 }, streams: 0 });
  await open.session.close();
});

describe("TanStack Query", () => {
  it("O-27 runs a query by calling its procedure, keyed by path and arguments", async () => {
    const options = queryOptions(open.client.users.get, { id: 7 });
    expect(options.queryKey).toEqual([["users", "get"], [{ id: 7 }]]);
    expect(await queries.fetchQuery(options)).toEqual({ id: 7, name: "Ada" });
    expect(queries.getQueryData(options.queryKey)).toEqual({ id: 7, name: "Ada" });
  });

  it("finds every query of a procedure, or of a branch, by its key", async () => {
    await queries.fetchQuery(queryOptions(open.client.users.get, { id: 7 }));
    await queries.invalidateQueries({ queryKey: procedureKey(open.client.users.get) });
    expect(queries.getQueryState([["users", "get"], [{ id: 7 }]])?.isInvalidated).toBe(true);
    expect(() => procedureKey({})).toThrow(new TypeError("expected a procedure of a client"));
  });

  it("aborts the call of a query that is cancelled", async () => {
    const options = queryOptions(open.client.slow);
    const fetching = queries.fetchQuery(options).catch(() => "cancelled");
    await open.started;
    await queries.cancelQueries({ queryKey: options.queryKey });
    expect(await fetching).toBe("cancelled");
    await open.aborted;
  });

  it("keeps null where a procedure returns nothing, which a query may not", async () => {
    expect(await queries.fetchQuery(queryOptions(open.client.nothing))).toBeNull();
  });

  it("runs a mutation by calling its procedure", async () => {
    const mutation = new MutationObserver(queries, mutationOptions(open.client.users.rename));
    expect(await mutation.mutate({ id: 7, name: "Grace" })).toBe("Grace is 7");
  });

  it("grows a query's data with a stream, and keeps the latest items only when told so", async () => {
    const options = streamOptions(open.client.count, [5], { keep: 3 });
    const lengths: number[] = [];
    const unsubscribe = queries.getQueryCache().subscribe(({ query }) => {
      const items = query.state.data as readonly number[] | undefined;
      if (items) lengths.push(items.length);
    });
    expect(await queries.fetchQuery(options)).toEqual([3, 4, 5]);
    expect([lengths[0], Math.max(...lengths)]).toEqual([1, 3]);
    unsubscribe();
  });

  it("ends the stream of a query that is cancelled", async () => {
    const options = streamOptions(open.client.count, [1_000_000_000]);
    const fetching = queries.fetchQuery(options).catch(() => "cancelled");
    await open.counting;
    await queries.cancelQueries({ queryKey: options.queryKey });
    expect(await fetching).toBe("cancelled");
    await open.counted;
  });
});

interface Api {
  users: {
    get(input: { id: number }): Promise<{ id: number; name: string }>;
    rename(input: { id: number; name: string }): Promise<string>;
  };
  slow(): Promise<string>;
  nothing(): Promise<void>;
  count(upTo: number): Promise<unknown> & AsyncIterable<number>;
}

function openPair() {
  const [near, far] = transportPair();
  const [started, aborted, counting, counted] = [event(), event(), event(), event()];
  openSession(far, {
    expose: {
      users: {
        get: ({ id }: { id: number }) => ({ id, name: "Ada" }),
        rename: ({ id, name }: { id: number; name: string }) => `${name} is ${id}`,
      },
      slow(this: { signal: AbortSignal }) {
        started.happen();
        return new Promise(() => this.signal.addEventListener("abort", aborted.happen));
      },
      nothing: () => {},
      async *count(upTo: number) {
        counting.happen();
        try {
          for (let number = 1; number <= upTo; number++) yield number;
        } finally {
          counted.happen();
        }
      },
    },
  });
  const session = openSession(near);
  const happened = {
    started: started.promise,
    aborted: aborted.promise,
    counting: counting.promise,
    counted: counted.promise,
  };
  return { session, client: session.remote as Api, ...happened };
}

function event() {
  let happen = () => {};
  const promise = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { promise, happen };
}
