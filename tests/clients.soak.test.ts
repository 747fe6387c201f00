import { chaos, Random } from "@portolan/conformance";
import { type Call, openSession, type Remote, RpcError, type Session, transportPair } from "@portolan/protocol";
import { describe, expect, it } from "vitest";

/** How long it lasts: PORTOLAN_SOAK_MINUTES, by default 30. */
const minutes = Number(process.env["PORTOLAN_SOAK_MINUTES"] ?? 30);
const clients = 200;

describe(`${clients} clients over channels with bad luck, for ${minutes} minutes`, () => {
  it("settle every call once, run no handler twice, leave nothing, and keep the heap flat", async () => {
    const until = performance.now() + minutes * 60_000;
    const tally = { calls: 0, settled: 0, answered: 0, sessions: 0, twice: 0 };
    const heaps: number[] = [];
    const watch = setInterval(() => heaps.push(heapNow()), Math.max(1000, minutes * 2000));
    await Promise.all(Array.from({ length: clients }, (_, index) => live(index, until, tally)));
    clearInterval(watch);
    expect(tally.settled).toBe(tally.calls);
    expect(tally.twice).toBe(0);
    expect(tally.answered).toBeGreaterThan(tally.calls / 4);
    console.log(`${tally.sessions} sessions, ${tally.calls} calls, heap ${heaps.join(" ")} MiB`);
    // The second half may not grow over the first by more than a quarter.
    const half = heaps.length >> 1;
    expect(Math.max(...heaps.slice(half))).toBeLessThan(1.25 * Math.max(...heaps.slice(0, half)) + 8);
  });
});

interface Tally {
  calls: number;
  settled: number;
  answered: number;
  sessions: number;
  twice: number;
}

function api(ran: Map<string, number>) {
  const count = (key: string): void => void ran.set(key, (ran.get(key) ?? 0) + 1);
  return {
    echo: (key: string, value: unknown) => {
      count(key);
      return value;
    },
    hang(this: Call, key: string) {
      count(key);
      const { signal } = this;
      return new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
    callBack: async (key: string, callback: (n: number) => Promise<number>) => {
      count(key);
      return callback(1);
    },
    numbers: async function* (key: string, n: number) {
      count(key);
      for (let item = 0; item < n; item++) yield item;
    },
  };
}

/** One client: sessions one after another, each until its luck runs out. */
async function live(index: number, until: number, tally: Tally): Promise<void> {
  const random = new Random(index);
  while (performance.now() < until) {
    const ran = new Map<string, number>();
    const carries = random.chance(0.5) ? "clone" : "text";
    const [here, there] = transportPair({ traits: { carries } });
    const luck = {
      seed: random.below(2 ** 31),
      delay: 5,
      drop: 0.002,
      duplicate: 0.002,
      reorder: 0.002,
      throwOnSend: 0.002,
    };
    const far = openSession(chaos(there, luck), { expose: api(ran), onError: () => {} });
    const near = openSession<Remote<ReturnType<typeof api>>>(chaos(here, luck), { onError: () => {} });
    tally.sessions++;
    await talk(near, random, tally, Math.min(until, performance.now() + 2000));
    await Promise.all([near.close(), far.close()]);
    // Handlers that waited for a callback hear of the end, and go.
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const times of ran.values()) if (times > 1) tally.twice++;
    expect(`${JSON.stringify(near.stats())} ${JSON.stringify(far.stats())}`).not.toMatch(/:[1-9]/);
  }
}

async function talk(
  near: Session<Remote<ReturnType<typeof api>>>,
  random: Random,
  tally: Tally,
  until: number,
): Promise<void> {
  const open = new Set<Promise<unknown>>();
  for (let n = 0; performance.now() < until && !near.ended; n++) {
    tally.calls++;
    const call = oneCall(near, random.below(5), `${n}`).then(
      () => void tally.answered++,
      (error: unknown) => expect(RpcError.is(error)).toBe(true),
    );
    const counted = call.finally(() => {
      tally.settled++;
      open.delete(counted);
    });
    open.add(counted);
    await new Promise((resolve) => setTimeout(resolve, 5 + random.below(20)));
  }
  await near.close();
  await Promise.all(open);
}

async function oneCall(
  { remote }: Session<Remote<ReturnType<typeof api>>>,
  how: number,
  key: string,
): Promise<unknown> {
  switch (how) {
    case 0:
      return remote.callBack(key, async (n) => n + 1);
    case 1: {
      let last = 0;
      for await (const item of remote.numbers(key, 50)) last = item;
      return last;
    }
    case 2:
      return remote.echo(key, { text: "x".repeat(2000), when: new Date(), big: 1n });
    default:
      return remote.echo(key, key);
  }
}

function heapNow(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}
