import { describe, expect, it } from "vitest";
import { dedupe, withOptions } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

function counting() {
  let runs = 0;
  let finish = () => {};
  const aborted: number[] = [];
  const api = {
    get(this: { signal: AbortSignal }, ..._args: unknown[]) {
      const run = ++runs;
      this.signal.addEventListener("abort", () => aborted.push(run));
      return new Promise<number>((resolve) => {
        const before = finish;
        finish = () => {
          before();
          resolve(run);
        };
      });
    },
    now: (..._args: unknown[]) => ++runs,
  };
  const wired = wire(api, { interceptors: { outgoing: [dedupe({ idempotent: ({ path }) => path[0] === "get" })] } });
  return { ...wired, runs: () => runs, finish: () => finish(), aborted };
}

describe("dedupe", () => {
  it("O-27 joins equal calls in flight, and only those", async () => {
    const { client, server, runs, finish, end } = counting();
    const equal = [client.get(1, { a: [1] }), client.get(1, { a: [1] })];
    const other = [client.get(2), withOptions(client.get, { metadata: 1 })(1, { a: [1] })];
    const all = Promise.all([...equal, ...other]);
    await server.ready;
    await server.ping();
    expect(runs()).toBe(3);
    finish();
    expect(await all).toEqual([1, 1, 2, 3]);
    const later = client.get(1, { a: [1] });
    later.then(undefined, () => {});
    await server.ping();
    finish();
    expect(await later).toBe(4);
    expect([await client.now(), await client.now()]).toEqual([5, 6]);
    await end();
  });

  it("never joins arguments that are no plain JSON", async () => {
    const { client, server, runs, finish, end } = counting();
    const values = [() => 1, () => 1, new Map(), new Map(), 1n, 1n, new Date(0), new Date(0), Number.NaN, Number.NaN];
    const calls = values.map((value) => client.get(value));
    for (const call of calls) call.then(undefined, () => {});
    await server.ready;
    await server.ping();
    expect(runs()).toBe(values.length);
    finish();
    await Promise.all(calls);
    await end();
  });

  it("gives up one by one, and aborts the call when nobody waits any more", async () => {
    const { client, server, runs, aborted, finish, end } = counting();
    const [first, second] = [new AbortController(), new AbortController()];
    const calls = [first, second].map(({ signal }) => failureOf(withOptions(client.get, { signal })(1)));
    await server.ready;
    await server.ping();
    first.abort();
    expect(await calls[0]).toMatchObject({ code: "CANCELLED" });
    await server.ping();
    expect([runs(), aborted]).toEqual([1, []]);
    second.abort();
    expect(await calls[1]).toMatchObject({ code: "CANCELLED" });
    await server.ping();
    expect(aborted).toEqual([1]);
    finish();
    await end();
  });
});
