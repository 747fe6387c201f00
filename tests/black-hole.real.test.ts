import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createClient, onStatus, RpcError } from "@portolan/client";
import { socketConnector } from "@portolan/node";
import { webSocketConnector } from "@portolan/websocket";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";

/** A machine of its own, as far as the network goes, whose packets can be made to vanish. */
const name = `pbh${process.pid % 100_000}`;
const here = "10.213.7.1";
const there = "10.213.7.2";

interface Api {
  add(a: number, b: number): number;
  never(): Promise<void>;
  wait(callback: () => Promise<void>): Promise<void>;
}

const ip = (...args: string[]) => execFileSync("ip", args, { stdio: ["ignore", "pipe", "pipe"] });
const inside = (...args: string[]) => ip("netns", "exec", name, "ip", ...args);

/** Each side takes the other to be at an address of hardware that nobody has: no error, no reset, only silence. */
function vanish(gone: boolean): void {
  if (gone === isGone) return;
  isGone = gone;
  const [verb, ...rest] = gone ? ["replace", "lladdr", "02:00:00:00:00:01", "nud", "permanent"] : ["del"];
  ip("neigh", verb as string, there, "dev", `${name}a`, ...rest);
  inside("neigh", verb as string, here, "dev", `${name}b`, ...rest);
}

let isGone = false;

let refusal: string | undefined;
let server: ChildProcess | undefined;
let ports: readonly number[] = [];
const lines: string[] = [];

beforeAll(async () => {
  try {
    ip("netns", "add", name);
    ip("link", "add", `${name}a`, "type", "veth", "peer", "name", `${name}b`);
    ip("link", "set", `${name}b`, "netns", name);
    ip("addr", "add", `${here}/30`, "dev", `${name}a`);
    ip("link", "set", `${name}a`, "up");
    inside("addr", "add", `${there}/30`, "dev", `${name}b`);
    inside("link", "set", `${name}b`, "up");
  } catch (error) {
    refusal = `A network namespace needs iproute2 and the right to make one: ${String(error)}`;
    return;
  }
  const file = fileURLToPath(new URL("fixtures/black-hole-server.mjs", import.meta.url));
  const child = spawn("ip", ["netns", "exec", name, process.execPath, file, there], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  server = child;
  const output = createInterface({ input: child.stdout });
  ports = JSON.parse(await new Promise<string>((resolve) => output.once("line", resolve))) as number[];
  output.on("line", (line) => lines.push(line));
});

afterAll(() => {
  server?.kill("SIGKILL");
  for (const args of [
    ["link", "del", `${name}a`],
    ["netns", "del", name],
  ]) {
    try {
      ip(...args);
    } catch {
      // It was never made.
    }
  }
});

const dial = {
  "a WebSocket": () => webSocketConnector(`ws://${there}:${ports[0]}`, { WebSocket, backoff }),
  "a TCP socket": () => socketConnector({ host: there, port: ports[1] as number }, { backoff }),
};
const backoff = { first: 50, most: 200 };
const heartbeat = { interval: 500, timeout: 500 };
const strict = process.env["PORTOLAN_STRICT_BOUNDS"] === "1";

describe.each(Object.entries(dial))("over %s whose packets vanish", (_carrier, connect) => {
  it("F9 both sides find out within interval plus timeout, and meet again when the network is back", async (context) => {
    if (refusal !== undefined) return context.skip(refusal);
    const client = createClient<Api>(connect(), { heartbeat, onError: () => {} });
    const states: string[] = [];
    onStatus(client, ({ state }) => states.push(state));
    expect(await client.add(1, 2)).toBe(3);
    const ended = lines.length;
    const pending = [settled(client.never())];
    await new Promise<void>((begun) => pending.push(settled(client.wait(() => forEver(begun)))));
    vanish(true);
    const started = performance.now();
    try {
      for (const failed of await Promise.all(pending)) {
        expect(failed).toMatchObject({ code: "UNAVAILABLE", delivered: "unknown" });
      }
      expect(performance.now() - started).toBeLessThan(1_000 + (strict ? 250 : 3_000));
      await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThan(ended);
      const [code, after] = JSON.parse(lines[ended] as string) as [string, number];
      expect(code).toBe("UNAVAILABLE");
      expect(after).toBeLessThan(1_000 + (strict ? 250 : 3_000));
      // What is asked meanwhile waits for the network, and is not sent twice.
      const asked = client.add(2, 2);
      vanish(false);
      expect(await asked).toBe(4);
    } finally {
      vanish(false);
    }
    expect(states).toContain("lost");
    expect(states.at(-1)).toBe("ready");
    await client.close();
  }, 40_000);
});

function forEver(begun: () => void): Promise<void> {
  begun();
  return new Promise(() => {});
}

async function settled(result: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await result;
  } catch (error) {
    return RpcError.is(error) ? error : String(error);
  }
}
