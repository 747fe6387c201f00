import { expect } from "vitest";
import {
  makeStub,
  nodeOf,
  openSession,
  release,
  retain,
  type Session,
  type Traits,
  type Transport,
  transportPair,
} from "../src/index.ts";
import { expectNothing, type Loose, promised, turns } from "./sessions.ts";

/** Numbers in [0, 1) that are the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** The same transport, with each message held back for a few turns, in order. */
function delayed(transport: Transport, random: () => number): Transport {
  let last: Promise<void> = Promise.resolve();
  return new Proxy(transport, {
    get(target, key) {
      if (key === "receive") {
        return (receiver: (message: unknown) => void) =>
          target.receive((message) => {
            const hops = Math.floor(random() * 12);
            last = last.then(async () => {
              for (let hop = 0; hop < hops; hop++) await null;
              receiver(message);
            });
          });
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** What lies between the two sides. */
const ways: readonly Partial<Traits>[] = [
  {},
  { carries: "text" },
  { carries: "json", trusted: false },
  { carries: "text", maxMessage: 300, trusted: false },
  { carries: "bytes", maxMessage: 400 },
  { carries: "bytes", framed: false },
  { shared: true },
  { queues: false },
  { shared: true, queues: false, carries: "text", trusted: false },
  { moves: "none", announcesDeath: false, network: true },
];

/** What one conversation has seen. */
interface Seen {
  readonly runs: Map<number, number>;
  started: number;
  settled: number;
  finished: number;
  opened: number;
}

function apiOf(seen: Seen, random: () => number) {
  const hop = async () => {
    for (let hops = Math.floor(random() * 6); hops > 0; hops--) await null;
  };
  const run = (token: number) => void seen.runs.set(token, (seen.runs.get(token) ?? 0) + 1);
  return {
    now(token: number) {
      run(token);
      return token;
    },
    async later(token: number) {
      run(token);
      await hop();
      return { token, again: () => token };
    },
    async fail(token: number) {
      run(token);
      await hop();
      throw new Error(`failed ${token}`);
    },
    wait(this: { signal: AbortSignal }, token: number) {
      run(token);
      return new Promise((resolve) => this.signal.addEventListener("abort", () => resolve(token)));
    },
    async call(token: number, fn: Loose) {
      run(token);
      const kept = retain(fn);
      await hop();
      try {
        return [await fn(1), await kept(2)];
      } finally {
        release(kept);
      }
    },
    async *list(token: number) {
      run(token);
      seen.opened++;
      try {
        for (let n = 0; n < 20; n++) {
          if (random() < 0.2) await hop();
          yield n;
        }
      } finally {
        seen.finished++;
      }
    },
    async sum(token: number, numbers: AsyncIterable<number>, soon: Promise<number>) {
      run(token);
      let sum = await soon;
      for await (const n of numbers) {
        sum += n;
        if (n > 3) break;
      }
      return sum;
    },
  };
}

/** Runs one conversation of random calls, aborts, deadlines, streams and closes; throws when a promise of the session is broken. */
export async function converseAtRandom(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const seen: Seen = { runs: new Map(), started: 0, settled: 0, finished: 0, opened: 0 };
  const traits = ways[Math.floor(random() * ways.length)] as Partial<Traits>;
  const [here, there] = transportPair({ traits });
  const limits = { calls: 1 + Math.floor(random() * 6), windowItems: 4, maxWindowItems: 8 };
  const quiet = { onError: () => {}, limits };
  const server = openSession(delayed(there, random), { expose: apiOf(seen, random), ...quiet });
  const client = openSession(delayed(here, random), quiet);
  const work: Promise<void>[] = [];
  for (let token = 1; token <= 12; token++) {
    work.push(act(client, token, random, seen));
    if (random() < 0.3) await null;
    if (random() < 0.1) await turns(1);
  }
  const closing = random();
  if (closing < 0.3) await (closing < 0.15 ? client : server).close(closing < 0.1 ? { drain: 5 } : {});
  if (closing > 0.9) here.close({ code: "UNAVAILABLE", message: "torn", by: "platform" });
  await Promise.all(work);
  expect(seen.settled, `seed ${seed}`).toBe(seen.started);
  for (const [token, runs] of seen.runs) expect(runs, `seed ${seed} token ${token}`).toBe(1);
  if (!client.ended) {
    await turns(12);
    for (const session of [client, server]) expectNothing(session);
  }
  await client.close();
  await server.close();
  await turns(3);
  for (const session of [client, server]) expectNothing(session);
  expect(seen.finished, `seed ${seed}`).toBe(seen.opened);
}

async function act(client: Session, token: number, random: () => number, seen: Seen): Promise<void> {
  const remote = client.remote as Loose;
  const base = nodeOf(remote)?.base as NonNullable<ReturnType<typeof nodeOf>>["base"];
  const controller = new AbortController();
  const optional = (name: string, ...args: unknown[]) =>
    (makeStub(base, [name], { signal: controller.signal }) as Loose)(token, ...args);
  const watch = async (call: PromiseLike<unknown>) => {
    seen.started++;
    try {
      release(await promised(call));
    } catch {
      // Whatever it is: what counts is that it settled.
    }
    seen.settled++;
  };
  const kind = Math.floor(random() * 9);
  switch (kind) {
    case 0:
      return watch(remote.now(token));
    case 1: {
      const call = remote.later(token);
      return void (await Promise.all([watch(call), watch(call.again())]));
    }
    case 2:
      return watch(remote.fail(token));
    case 3: {
      const call = watch(optional("wait"));
      for (let hops = random() * 40; hops > 0; hops--) await null;
      controller.abort();
      return call;
    }
    case 4: {
      const call = watch((makeStub(base, ["wait"], { timeout: Math.floor(random() * 4) }) as Loose)(token));
      return call;
    }
    case 5:
      return watch(remote.call(token, async (n: number) => n * 2));
    case 6:
      return watch(readSome(optional("list"), Math.floor(random() * 25)));
    case 7:
      return watch(remote.sum(token, numbers(), Promise.resolve(1)));
    default: {
      const call = watch(optional("call", (n: number) => n));
      if (random() < 0.5) await null;
      controller.abort();
      return call;
    }
  }
}

async function* numbers(): AsyncGenerator<number> {
  for (let n = 0; n < 6; n++) yield n;
}

async function readSome(stream: AsyncIterable<unknown>, count: number): Promise<void> {
  let read = 0;
  for await (const _ of stream) if (++read >= count) break;
}
