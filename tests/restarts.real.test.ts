import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Client,
  createClient,
  metaOf,
  type Remote,
  type RpcError,
  resume,
  retry,
  stats,
  status,
} from "@portolan/client";
import { webSocketConnector } from "@portolan/websocket";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { seeded } from "./breakable-link.ts";
import { turnsUntil } from "./turns-until.ts";

const restarts = 100;
const ticksEach = 5;
const lastTick = restarts * ticksEach;
const program = fileURLToPath(new URL("./fixtures/restarting-far.mjs", import.meta.url));
let folder = "";
const children = new Set<ChildProcess>();

// Afresh for each try: what ran before is none of its business.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan-restarts-"));
});

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
  rmSync(folder, { recursive: true, force: true });
});

/** A server that is loaded and waits to be told its port, so that the next one is there soon after a kill. */
function standby(): { readonly listen: (port: number) => Promise<number>; readonly kill: () => Promise<void> } {
  const child = spawn(process.execPath, [program, folder], { stdio: ["pipe", "pipe", "inherit"] });
  children.add(child);
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const port = new Promise<number>((resolve) => child.stdout.once("data", (data) => resolve(Number(data))));
  return {
    listen: (wanted) => {
      child.stdin.write(`${wanted}\n`);
      return Promise.race([port, gone.then(() => Promise.reject(new Error("the server did not start")))]);
    },
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
      children.delete(child);
    },
  };
}

interface Api {
  ticks(): AsyncIterable<number>;
  publish(tick: number): Promise<void>;
  charge(token: number): Promise<number>;
}

/** How a charge ended: answered, or what its error knows. */
type Charged = RpcError["delivered"] | "answered";

describe("a server process that is killed and started again, under calls and streams", { timeout: 300_000 }, () => {
  it("O-27 F-23 100 times: no event is lost or doubled, no call runs twice, and what is held stays the same", async () => {
    const random = seeded(20_261_121);
    let server = standby();
    const port = await server.listen(0);
    let next = standby();
    const { client, sockets, connections } = connect(port);
    const seen: number[] = [];
    const reading = read(client, seen);
    const charged = new Map<number, Charged>();
    const held: Awaited<ReturnType<typeof settled>>[] = [];
    for (let restart = 1; restart <= restarts; restart++) {
      const charges = Array.from({ length: 8 }, (_, index) => charge(client, restart * 10 + index, charged));
      const published = publish(client, restart);
      // Somewhere in the middle of all this; sometimes at once, before it has even left, sometimes when all is done.
      for (const moment = performance.now() + random() * 25; performance.now() < moment; )
        await new Promise(setImmediate);
      await server.kill();
      server = next;
      next = standby();
      expect(await server.listen(port)).toBe(port);
      await Promise.all([published, ...charges]);
      if (restart === 20 || restart === restarts) held.push(await settled());
    }
    await reading;

    expect(seen).toEqual(Array.from({ length: lastTick }, (_, index) => index + 1));
    // A server that is killed again before the client has found it has nothing to lose.
    expect(connections()).toBeGreaterThan(restarts / 2);
    expectRunOnce(charged);
    await expectSame(held);
    await expectNothingLeft(client, sockets);
    await server.kill();
    await next.kill();
  });
});

/** A client that tries again what may be tried again, which is all but charges; and every socket that it makes. */
function connect(port: number): { client: Client<Api>; sockets: WebSocket[]; connections: () => number } {
  const sockets: WebSocket[] = [];
  let connections = 0;
  class Watched extends WebSocket {
    constructor(url: string | URL, protocols?: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  const backoff = { first: 1, longest: 20 };
  const onConnect = () => void connections++;
  const source = webSocketConnector(`ws://127.0.0.1:${port}`, { WebSocket: Watched, backoff, onConnect });
  const outgoing = [
    resume({ attempts: 1000, when: ({ path }) => path[0] === "ticks", backoff }),
    retry({ attempts: 1000, idempotent: ({ path }) => path[0] !== "charge", backoff }),
  ];
  const client = createClient<Api>(source, { interceptors: { outgoing }, onError: () => {} });
  return { client, sockets, connections: () => connections };
}

async function read(client: Remote<Api>, seen: number[]): Promise<void> {
  const stream = (await client.ticks()) as AsyncIterableIterator<number>;
  for await (const tick of stream) {
    seen.push(tick);
    expect(metaOf(stream)?.id).toBe(String(tick));
    if (tick === lastTick) return;
  }
}

async function publish(client: Remote<Api>, restart: number): Promise<void> {
  for (let each = 1; each <= ticksEach; each++) await client.publish((restart - 1) * ticksEach + each);
}

async function charge(client: Remote<Api>, token: number, charged: Map<number, Charged>): Promise<void> {
  try {
    await client.charge(token);
    charged.set(token, "answered");
  } catch (error) {
    expect(error).toMatchObject({ code: "UNAVAILABLE" });
    charged.set(token, (error as RpcError).delivered);
  }
}

/** What the client was told of each charge is what the servers wrote down. */
function expectRunOnce(charged: ReadonlyMap<number, Charged>): void {
  const runs = readFileSync(join(folder, "runs"), "utf8").trimEnd().split("\n").map(Number);
  const ran = new Set(runs);
  expect(ran.size).toBe(runs.length);
  for (const [token, how] of charged) {
    if (how === "answered" || how === "yes") expect(ran.has(token)).toBe(true);
    if (how === "no") expect(ran.has(token)).toBe(false);
  }
  expect(charged.size).toBe(restarts * 8);
  expect([...charged.values()].filter((how) => how !== "answered").length).toBeGreaterThan(0);
}

/** What has been cut is closed a little later on a busy machine; this test itself keeps every socket it has made. */
async function expectSame([early, late]: readonly Awaited<ReturnType<typeof settled>>[]): Promise<void> {
  if (!early || !late) throw new Error("expected to have looked twice");
  await turnsUntil(() => handles() <= early.resources + 1);
  expect(handles()).toBeLessThanOrEqual(early.resources + 1);
  expect(late.heap - early.heap).toBeLessThan(8 * 1024 * 1024);
}

async function expectNothingLeft(client: Client<Api>, sockets: readonly WebSocket[]): Promise<void> {
  await vi.waitFor(() =>
    expect(stats(client)).toMatchObject({ calls: { inFlight: 0, queued: 0, open: 0 }, streams: 0, stubs: 0 }),
  );
  expect(status(client)).toEqual({ state: "ready" });
  await client.close();
  await vi.waitFor(() => expect(sockets.filter(({ readyState }) => readyState !== WebSocket.CLOSED)).toEqual([]));
  const listeners = sockets.flatMap((socket) => socket.eventNames().map((name) => socket.listenerCount(name)));
  expect(listeners.reduce((sum, count) => sum + count, 0)).toBe(0);
}

/** The heap after a collection, and the handles that are open: one standby more or less aside, always the same. */
async function settled(): Promise<{ heap: number; resources: number }> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  globalThis.gc?.();
  return { heap: process.memoryUsage().heapUsed, resources: handles() };
}

function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name)).length;
}
