import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { createClient, type Remote, RpcError, stats } from "@portolan/client";
import { socketConnector } from "@portolan/node";
import { webSocketConnector } from "@portolan/websocket";
import { afterAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Road } from "./road.ts";
import { turnsUntil } from "./turns-until.ts";

interface Api {
  run(token: string): string;
  never(): Promise<void>;
}

// CI has twenty minutes for everything. `PORTOLAN_FULL=1` runs all hundred, as does a run at home.
const rounds = process.env["CI"] && process.env["PORTOLAN_FULL"] !== "1" ? 30 : 100;
/** A process takes a while to start and a silence to notice, so those are fewer. */
const faults = ["killed", "cut", "refused", "silent", "cut", "refused", "cut", "silent", "refused", "cut"] as const;
type Fault = (typeof faults)[number];
type Way = { readonly road: Road; close(): Promise<void> } & Readonly<Record<Fault, () => Promise<void>>>;

const runs = new Map<string, number>();
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** Starts a server in a process of its own; what it runs is counted here, where no kill forgets it. */
async function start(): Promise<{ readonly child: ChildProcess; readonly ports: readonly number[] }> {
  const file = fileURLToPath(new URL("fixtures/run-server.mjs", import.meta.url));
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  child.once("exit", () => children.delete(child));
  const output = createInterface({ input: child.stdout });
  const first = await new Promise<string>((resolve, reject) => {
    output.once("line", resolve);
    child.once("exit", (code) => reject(new Error(`a server ended with ${code} before it listened`)));
  });
  const ports = JSON.parse(first) as number[];
  output.on("line", (token) => runs.set(token, (runs.get(token) ?? 0) + 1));
  return { child, ports };
}

const options = { backoff: { first: 5, longest: 50 } };
const carriers = [
  ["WebSockets", (port: number) => webSocketConnector(`ws://127.0.0.1:${port}`, { WebSocket, ...options })],
  ["TCP", (port: number) => socketConnector({ port }, options)],
] as const;

describe.each(carriers)("over %s", (name, connect) => {
  it(`F4 F5 F9 F20 servers are killed, cut off, silent and refused, ${rounds} times: every call settles, none runs twice, nothing piles up`, async () => {
    const way = await openWay(name === "TCP" ? 1 : 0);
    const client = createClient<Api>(connect(way.road.port), {
      heartbeat: { interval: 400, timeout: 400 },
      onError: () => {},
    });
    await client.run(`${name} first`);
    const held = leftOver();
    for (let round = 0; round < rounds; round++) {
      await failOnce(client, way[faults[round % faults.length] as Fault], `${name} ${round}`, round % 2 === 0);
      expect(way.road.size).toBe(1);
    }
    for (const [token, times] of runs) expect([token, times]).toEqual([token, 1]);
    expect(stats(client)).toMatchObject({ calls: { inFlight: 0, queued: 0, open: 0 }, stubs: 0, streams: 0 });
    await turnsUntil(() => isDeepStrictEqual(leftOver(), held));
    expect(leftOver()).toEqual(held);
    await client.close();
    await way.close();
  }, 180_000);
});

/** A road to a server, and the ways in which both fail. The next server starts while this one runs. */
async function openWay(which: number): Promise<Way> {
  const road = new Road();
  let server = await start();
  let next = start();
  road.target = server.ports[which] as number;
  await road.open();
  return {
    road,
    async killed() {
      server.child.kill("SIGKILL");
      server = await next;
      road.target = server.ports[which] as number;
      next = start();
    },
    cut: async () => road.cut(),
    silent: async () => road.silence(),
    async refused() {
      await road.close();
      await new Promise(setImmediate);
      await road.open();
    },
    async close() {
      await road.close();
      for (const { child } of [server, await next]) child.kill("SIGKILL");
    },
  };
}

/** Some calls are on their way when it happens, and some answered, if `late`. All settle, and the next ones arrive. */
async function failOnce(client: Remote<Api>, fail: () => Promise<void>, title: string, late: boolean): Promise<void> {
  const answered: string[] = [];
  const calls = Array.from({ length: 5 }, (_, index) => settled(client.run(`${title} ${index}`), answered));
  const pending = settled(client.never(), answered);
  if (late) await calls[0];
  await fail();
  for (const error of await Promise.all([...calls, pending])) {
    if (error !== undefined) expect(error).toMatchObject({ code: "UNAVAILABLE" });
  }
  await again(client, `${title} after`);
  for (const token of answered) expect([token, runs.get(token)]).toEqual([token, 1]);
}

/** A machine that keeps us waiting may look like one more silence: then it is asked anew. */
async function again(client: Remote<Api>, token: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const answered: string[] = [];
    const error = await settled(client.run(`${token} ${attempt}`), answered);
    if (error === undefined) return;
    expect([attempt, error]).toMatchObject([expect.toSatisfy((tried: number) => tried < 5), { code: "UNAVAILABLE" }]);
  }
}

/** What the event loop holds for us, besides the processes and their pipes. */
function leftOver(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (!/Pipe|Process|Immediate/.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

async function settled(result: PromiseLike<unknown>, answered: string[]): Promise<unknown> {
  try {
    answered.push(String(await result));
    return undefined;
  } catch (error) {
    return RpcError.is(error) ? error : String(error);
  }
}
