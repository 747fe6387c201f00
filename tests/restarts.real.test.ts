import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient, metaOf, type RpcError, resume, retry, stats, status } from "@portolan/client";
import { webSocketConnector } from "@portolan/websocket";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { seeded } from "./breakable-link.ts";

const restarts = 100;
const ticksEach = 5;
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

describe("a server process that is killed and started again, under calls and streams", { timeout: 300_000 }, () => {
  it("O-27 F-23 100 times: no event is lost or doubled, no call runs twice, and what is held stays the same", async () => {
    const random = seeded(20_261_121);
    let server = standby();
    const port = await server.listen(0);
    let next = standby();

    const sockets: WebSocket[] = [];
    class Watched extends WebSocket {
      constructor(url: string | URL, protocols?: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    }
    let connections = 0;
    const source = webSocketConnector(`ws://127.0.0.1:${port}`, {
      WebSocket: Watched,
      backoff: { first: 1, longest: 20 },
      onConnect: () => void connections++,
    });
    const mayRepeat = ({ path }: { readonly path: readonly string[] }) => path[0] !== "charge";
    const client = createClient<Api>(source, {
      interceptors: {
        outgoing: [
          resume({ attempts: 1000, when: ({ path }) => path[0] === "ticks", backoff: { first: 1, longest: 20 } }),
          retry({ attempts: 1000, idempotent: mayRepeat, backoff: { first: 1, longest: 20 } }),
        ],
      },
      onError: () => {},
    });

    const last = restarts * ticksEach;
    const seen: number[] = [];
    const reading = (async () => {
      const stream = (await client.ticks()) as AsyncIterableIterator<number>;
      for await (const tick of stream) {
        seen.push(tick);
        expect(metaOf(stream)?.id).toBe(String(tick));
        if (tick === last) return;
      }
    })();

    const charged = new Map<number, RpcError["delivered"] | "answered">();
    const charge = (token: number) =>
      client.charge(token).then(
        () => void charged.set(token, "answered"),
        (error: RpcError) => {
          expect(error.code).toBe("UNAVAILABLE");
          charged.set(token, error.delivered);
        },
      );
    const held: { readonly heap: number; readonly resources: number }[] = [];
    for (let restart = 1; restart <= restarts; restart++) {
      const charges = Array.from({ length: 8 }, (_, index) => charge(restart * 10 + index));
      const published = (async () => {
        for (let each = 1; each <= ticksEach; each++) await client.publish((restart - 1) * ticksEach + each);
      })();
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

    expect(seen).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    // A server that is killed again before the client has found it has nothing to lose.
    expect(connections).toBeGreaterThan(restarts / 2);
    const runs = readFileSync(join(folder, "runs"), "utf8").trimEnd().split("\n").map(Number);
    expect(new Set(runs).size).toBe(runs.length);
    const ran = new Set(runs);
    for (const [token, how] of charged) {
      if (how === "answered" || how === "yes") expect(ran.has(token)).toBe(true);
      if (how === "no") expect(ran.has(token)).toBe(false);
    }
    expect(charged.size).toBe(restarts * 8);
    expect([...charged.values()].filter((how) => how !== "answered").length).toBeGreaterThan(0);

    const [early, late] = held as [(typeof held)[0], (typeof held)[0]];
    // What has been cut is closed a little later on a busy machine; this test itself keeps every socket it has made.
    await vi.waitFor(async () => expect((await settled()).resources).toBeLessThanOrEqual(early.resources + 1));
    expect(late.heap - early.heap).toBeLessThan(8 * 1024 * 1024);
    await vi.waitFor(() =>
      expect(stats(client)).toMatchObject({ calls: { inFlight: 0, queued: 0, open: 0 }, streams: 0, stubs: 0 }),
    );
    expect(status(client)).toEqual({ state: "ready" });
    await client.close();
    await vi.waitFor(() => expect(sockets.filter(({ readyState }) => readyState !== WebSocket.CLOSED)).toEqual([]));
    const listeners = sockets.flatMap((socket) => socket.eventNames().map((name) => socket.listenerCount(name)));
    expect(listeners.reduce((sum, count) => sum + count, 0)).toBe(0);
    await server.kill();
    await next.kill();
  });
});

/** The heap after a collection, and the handles that are open: one standby more or less aside, always the same. */
async function settled(): Promise<{ heap: number; resources: number }> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  globalThis.gc?.();
  const resources = process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name)).length;
  return { heap: process.memoryUsage().heapUsed, resources };
}
