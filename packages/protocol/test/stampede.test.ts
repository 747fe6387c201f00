import { describe, expect, it, vi } from "vitest";
import {
  defineConnector,
  type OpenSource,
  openSession,
  RpcError,
  type Session,
  type Transport,
  transportPair,
} from "../src/index.ts";
import { turns } from "./sessions.ts";

const clients = 1000;
/** What the client's README states, for each client: attempts in any one second, and per second once waits have grown. */
const statedCap = { inASecond: 1.5, later: 0.25 };

/** Time that passes when it is told to. Vitest's own looks through all timers for each that fires: here thousands fire among thousands. */
class Clock {
  now = 0;
  readonly #timers = new Map<object, { readonly at: number; readonly run: () => void }>();

  constructor() {
    vi.stubGlobal("performance", { now: () => this.now });
    vi.stubGlobal("clearTimeout", (timer: object) => void this.#timers.delete(timer));
    vi.stubGlobal("setTimeout", (run: () => void, ms = 0) => {
      const timer = {};
      this.#timers.set(timer, { at: this.now + ms, run });
      return timer;
    });
  }

  get timers(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    this.now += ms;
    const due = [...this.#timers].filter(([, { at }]) => at <= this.now).sort(([, a], [, b]) => a.at - b.at);
    for (const [timer, { run }] of due) if (this.#timers.delete(timer)) run();
  }
}

/** A server that goes and comes back, and a thousand connectors with the waits that are default over a network. */
class Harbour {
  mode: "up" | "down" | "flapping" = "up";
  readonly clock = new Clock();
  readonly attempts: number[] = [];
  readonly servers = new Set<Session>();
  readonly sources: OpenSource[];

  constructor() {
    const random = seeded(1271);
    const connector = defineConnector(() => this.#dial(), { backoff: { random } });
    this.sources = Array.from({ length: clients }, () => connector.open({}));
  }

  #dial(): Transport {
    this.attempts.push(this.clock.now);
    if (this.mode === "down") throw new Error("refused");
    const [here, there] = transportPair({ traits: { network: true } });
    const server = openSession(there);
    this.servers.add(server);
    if (this.mode === "flapping") void server.ready.then(() => server.close());
    return here;
  }

  async lose(drain?: number): Promise<void> {
    this.attempts.length = 0;
    const gone = [...this.servers];
    this.servers.clear();
    for (const server of gone) void server.close(drain === undefined ? {} : { drain });
    await turns(4);
  }

  /** Lets time pass, in steps that say how exactly attempts are timed. */
  async pass(ms: number, step: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      this.clock.advance(step);
      await turns(3);
    }
  }

  /** The steep part, and a long while. */
  async passLong(): Promise<void> {
    await this.pass(5000, 25);
    await this.pass(40_000, 250);
  }

  get ready(): number {
    return this.sources.filter(({ status }) => status.state === "ready").length;
  }

  /** The most attempts in any one second, or in any time of another length. */
  peak(length = 1000): number {
    let first = 0;
    return this.attempts.reduce((most, at, index) => {
      while (at - (this.attempts[first] as number) >= length) first++;
      return Math.max(most, index - first + 1);
    }, 0);
  }

  /** Attempts per second from a moment on. */
  rateSince(from: number): number {
    return (1000 * this.attempts.filter((at) => at > from).length) / (this.clock.now - from);
  }

  async end(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.close()));
    await turns(4);
    expect(this.clock.timers).toBe(0);
  }
}

async function connected(): Promise<Harbour> {
  const harbour = new Harbour();
  await harbour.pass(100, 50);
  expect(harbour.ready).toBe(clients);
  await harbour.pass(60_000, 60_000);
  return harbour;
}

describe("1 000 clients over a network that lose one server at once", { timeout: 60_000 }, () => {
  it("F-23 stay under the stated cap while it is away, and are all back within ten seconds of its return", async () => {
    const harbour = await connected();
    harbour.mode = "down";
    await harbour.lose();
    const lost = harbour.clock.now;
    await harbour.passLong();
    expect(harbour.peak()).toBeGreaterThan(clients / 2);
    expect(harbour.peak()).toBeLessThan(statedCap.inASecond * clients);
    expect(harbour.rateSince(lost + 25_000)).toBeLessThan(statedCap.later * clients);
    harbour.attempts.length = 0;
    harbour.mode = "up";
    await harbour.pass(10_100, 100);
    expect(harbour.ready).toBe(clients);
    expect(harbour.peak()).toBeLessThan(statedCap.later * 2 * clients);
    await harbour.end();
  });

  it("F-23 come back spread over a second when it returns at once, or only drains", async () => {
    for (const drain of [undefined, 5000]) {
      const harbour = await connected();
      await harbour.lose(drain);
      expect(harbour.attempts).toEqual([]);
      await harbour.pass(1100, 25);
      expect(harbour.ready).toBe(clients);
      expect(harbour.attempts).toHaveLength(clients);
      expect(harbour.peak(100)).toBeLessThan(clients / 4);
      await harbour.end();
    }
  });

  it("F-23 are as patient with a server that takes each connection and drops it", async () => {
    const harbour = await connected();
    harbour.mode = "flapping";
    await harbour.lose();
    const lost = harbour.clock.now;
    await harbour.passLong();
    expect(harbour.peak()).toBeLessThan(statedCap.inASecond * clients);
    expect(harbour.rateSince(lost + 25_000)).toBeLessThan(statedCap.later * clients);
    harbour.mode = "up";
    await harbour.pass(10_100, 100);
    expect(harbour.ready).toBe(clients);
    await harbour.end();
  });
});

describe("a connector on one machine", () => {
  it("dials a lost connection again within a tenth of a second", async () => {
    const clock = new Clock();
    const servers: Session[] = [];
    const source = defineConnector(() => {
      const [here, there] = transportPair();
      servers.push(openSession(there));
      return here;
    }).open({});
    await source.session();
    await servers[0]?.close();
    await turns();
    clock.advance(100);
    await turns();
    expect(source.status.state).toBe("ready");
    await source.close();
    expect(clock.timers).toBe(0);
  });
});

describe("who waits for a connection", () => {
  it("is not held once it has gone away, and counts no longer", async () => {
    const source = defineConnector(() => new Promise<never>(() => {}), { maxWaiting: 1 }).open({});
    const first = source.session() as Promise<Session>;
    await expect(source.session()).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    source.abandon?.(first);
    const second = source.session() as Promise<Session>;
    await source.close();
    await expect(second).rejects.toBeInstanceOf(RpcError);
    const settled = await Promise.race([first.catch(() => "settled"), turns(2)]);
    expect(settled).toBeUndefined();
  });
});

/** The same numbers each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
