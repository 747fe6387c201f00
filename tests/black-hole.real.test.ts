import { fileURLToPath } from "node:url";
import { createClient, onStatus, RpcError } from "@portolan/client";
import { socketConnector } from "@portolan/node";
import { webSocketConnector } from "@portolan/websocket";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type BlackHole, openBlackHole } from "./black-hole.ts";

interface Api {
  add(a: number, b: number): number;
  never(): Promise<void>;
  wait(callback: () => Promise<void>): Promise<void>;
}

let network: BlackHole;

beforeAll(async () => {
  network = await openBlackHole(fileURLToPath(new URL("fixtures/black-hole-server.mjs", import.meta.url)));
});

afterAll(() => network?.end());

const dial = {
  "a WebSocket": () => webSocketConnector(`ws://${network.host}:${network.ports[0]}`, { WebSocket, backoff }),
  "a TCP socket": () => socketConnector({ host: network.host, port: network.ports[1] as number }, { backoff }),
};
const backoff = { first: 50, longest: 200 };
const heartbeat = { interval: 500, timeout: 500 };
const strict = process.env["PORTOLAN_STRICT_BOUNDS"] === "1";

describe.each(Object.entries(dial))("over %s whose packets vanish", (_carrier, connect) => {
  it("F9 both sides find out within interval plus timeout, and meet again when the network is back", async () => {
    const { lines, vanish } = network;
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
      expect(performance.now() - started).toBeLessThan(1_000 + (strict ? 250 : 10_000));
      await expect.poll(() => lines.length, { timeout: 20_000 }).toBeGreaterThan(ended);
      const [code, after] = JSON.parse(lines[ended] as string) as [string, number];
      expect(code).toBe("UNAVAILABLE");
      expect(after).toBeLessThan(1_000 + (strict ? 250 : 10_000));
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
  }, 90_000);
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
