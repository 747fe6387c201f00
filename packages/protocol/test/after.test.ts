import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { after, openSession, transportPair } from "../src/index.ts";
import { open, turns, withOptions } from "./sessions.ts";

describe("times that no timer can wait", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
  afterEach(() => vi.useRealTimers());

  it("are waited for as long as a timer can, and parts of a millisecond to their end", () => {
    const done: number[] = [];
    for (const ms of [Number.POSITIVE_INFINITY, 2 ** 31, 1e300, 10.2]) after(ms, () => done.push(ms));
    vi.advanceTimersByTime(10);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(done).toEqual([10.2]);
    vi.advanceTimersByTime(2 ** 31 - 1 - 11);
    expect(done).toHaveLength(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("end no stream: an idleTimeout of Infinity is none", async () => {
    let give: (value: string) => void = () => {};
    const pair = open(
      {
        items: async function* () {
          yield await new Promise<string>((resolve) => {
            give = resolve;
          });
        },
      },
      { client: { heartbeat: false } },
    );
    const stream = await withOptions(pair.remote.items, { idleTimeout: Number.POSITIVE_INFINITY })();
    const first: Promise<unknown> = stream.next();
    await turns();
    vi.advanceTimersByTime(86_400_000);
    await turns();
    give("late");
    expect(await first).toEqual({ done: false, value: "late" });
    await stream.return();
    await pair.done();
  });

  it("end no handshake, no drain and no fragmented message", async () => {
    const [near] = transportPair({ traits: { network: true } });
    const limits = { handshake: Number.POSITIVE_INFINITY, fragments: Number.POSITIVE_INFINITY };
    const session = openSession(near, { limits, heartbeat: { interval: Number.POSITIVE_INFINITY } });
    session.ready.catch(() => {});
    vi.advanceTimersByTime(86_400_000);
    expect(session.state).toBe("connecting");
    await session.close();

    let finish: (value: string) => void = () => {};
    const pair = open({
      slow: () =>
        new Promise<string>((resolve) => {
          finish = resolve;
        }),
    });
    const call = pair.remote.slow();
    await turns();
    const closed = pair.client.close({ drain: Number.POSITIVE_INFINITY });
    vi.advanceTimersByTime(86_400_000);
    finish("done");
    expect(await call).toBe("done");
    await closed;
    await pair.server.closed;
    expect(vi.getTimerCount()).toBe(0);
  });
});
