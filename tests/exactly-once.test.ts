import { type ClientOptions, createClient, retry, stats, status, withOptions } from "@portolan/client";
import { idempotency, serve } from "@portolan/server";
import { describe, expect, it, vi } from "vitest";
import { breakableLink, seeded } from "./breakable-link.ts";

const increments = 10_000;
const cuts = 200;

describe("calls with keys over a link that breaks", { timeout: 120_000 }, () => {
  it("F-23 10 000 increments over 200 cuts: each runs once, each is answered, and the client from before the first cut still works", async () => {
    const runs = new Map<string, number>();
    let arrivals = 0;
    const arrived = (_call: unknown, next: () => Promise<unknown>) => {
      arrivals++;
      return next();
    };
    const link = breakableLink();
    const server = serve(
      link.listener,
      {
        async increment(this: { key: string }) {
          runs.set(this.key, (runs.get(this.key) ?? 0) + 1);
          // Answers are late as often as not when the link breaks.
          if (runs.size % 3 === 0) await new Promise(setImmediate);
          return runs.size;
        },
      },
      { interceptors: { incoming: [arrived, idempotency({ max: 2 * increments })] }, onError: () => {} },
    );
    const outgoing = [retry({ attempts: 1000, backoff: { first: 1, longest: 2 } })];
    const options: ClientOptions = { interceptors: { outgoing }, concurrency: 200 };
    const client = createClient<{ increment(): Promise<number> }>(link.connector, options);

    const random = seeded(20_261_120);
    const breaks = new Set(Array.from({ length: cuts }, () => Math.floor(random() * increments)));
    let answered = 0;
    const one = async (i: number) => {
      await withOptions(client.increment, { key: `k${i}` })();
      if (breaks.has(++answered)) link.cut();
    };
    const lanes = Array.from({ length: 200 }, async (_, lane) => {
      for (let i = lane; i < increments; i += 200) await one(i);
    });
    await Promise.all(lanes);

    expect(link.cuts).toBeGreaterThan(cuts * 0.9);
    expect(arrivals).toBeGreaterThan(increments + cuts);
    expect(runs.size).toBe(increments);
    expect([...runs.values()].filter((count) => count !== 1)).toEqual([]);
    expect(answered).toBe(increments);
    expect(await withOptions(client.increment, { key: "one more" })()).toBe(increments + 1);
    expect(status(client)).toEqual({ state: "ready" });
    expect(stats(client)).toMatchObject({
      calls: { inFlight: 0, queued: 0, open: 0 },
      exports: 0,
      stubs: 0,
      streams: 0,
    });
    await vi.waitFor(() => expect(server.sessions.size).toBe(1));
    await client.close();
    await server.close();
    expect(server.sessions.size).toBe(0);
  });
});
