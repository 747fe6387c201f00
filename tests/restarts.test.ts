import { createClient, metaOf, resume, retry, stats, withOptions } from "@portolan/client";
import { idempotency, memoryHistory, procedure, publisher, serve } from "@portolan/server";
import { describe, expect, it, vi } from "vitest";
import { breakableLink } from "./breakable-link.ts";

const restarts = 100;

describe("a server that is killed and started again, under calls and streams", { timeout: 120_000 }, () => {
  it("O-27 F-23 loses no event, doubles none, and runs no call twice; what is held stays the same", async () => {
    // What a database would keep over restarts: the events, and the answers to calls with keys.
    const history = memoryHistory({ events: 100_000 });
    const remember = idempotency();
    const runs = new Map<string, number>();
    const link = breakableLink();

    const start = () => {
      const events = publisher<{ tick: number }>({ history });
      const server = serve(
        link.listener,
        {
          ticks: procedure.handler(({ call, signal }) =>
            events.subscribe("tick", { after: call.after ?? first, signal }),
          ),
          async publish(this: { key: string }, tick: number) {
            runs.set(this.key, (runs.get(this.key) ?? 0) + 1);
            await events.publish("tick", tick);
          },
        },
        { interceptors: { incoming: [remember] }, onError: () => {} },
      );
      return { server, events };
    };
    const first = (await history.append("tick", 0)) as string;
    let running = start();
    type Api = { ticks(): AsyncIterable<number>; publish(tick: number): Promise<void> };
    const client = createClient<Api>(link.connector, {
      interceptors: {
        outgoing: [resume({ attempts: 1000 }), retry({ attempts: 1000, backoff: { first: 1, longest: 2 } })],
      },
    });

    const seen: number[] = [];
    const stream = (await client.ticks()) as AsyncIterableIterator<number>;
    const last = restarts * 5;
    const reading = (async () => {
      for await (const tick of stream) {
        seen.push(tick);
        expect(metaOf(stream)?.id).toBeDefined();
        if (tick === last) return;
      }
    })();
    for (let tick = 1; tick <= last; tick++) {
      const sent = withOptions(client.publish, { key: `tick ${tick}` })(tick);
      if (tick % 5 === 0) {
        // Killed in the middle of a call; the next one listens on the same link.
        link.cut();
        await running.server.close();
        running.events.close();
        running = start();
      }
      await sent;
    }
    await reading;

    expect(seen).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    expect([...runs.values()].filter((count) => count > 1)).toEqual([]);
    expect(link.cuts).toBe(restarts);
    await vi.waitFor(() => expect(running.events.subscribers).toBe(0));
    expect(stats(client)).toMatchObject({ calls: { inFlight: 0, queued: 0, open: 0 }, streams: 0, stubs: 0 });
    await client.close();
    await running.server.close();
  });
});
