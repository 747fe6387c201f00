import { type ChildProcess, spawn } from "node:child_process";
import type { AddressInfo, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { createClient, onStatus, type RpcError, status, withOptions } from "@portolan/client";
import { serve } from "@portolan/server";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { webSocketConnector, webSocketTransport } from "../src/index.ts";
import { webSocketListener } from "../src/server/index.ts";
import { closed, listenersOf } from "./support/ends.ts";
import { cleanups, connect, start } from "./support/sessions.ts";
import { within } from "./support/within.ts";

describe("connections that are lost", () => {
  const backoff = { first: 5, longest: 20 };

  it("F20 F-23 F-28 a hundred drops: each call runs at most once, hooks hear of each, and nothing is left behind", async () => {
    const runs = new Map<number, number>();
    const listener = webSocketListener({ port: 0, host: "127.0.0.1", origins: [], allowNoOrigin: true });
    const server = serve(listener, {
      run(token: number) {
        runs.set(token, (runs.get(token) ?? 0) + 1);
        return token;
      },
    });
    cleanups.push(() => server.close());
    await server.ready;
    const sockets: WebSocket[] = [];
    class Watched extends WebSocket {
      constructor(url: string | URL, protocols?: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    }
    let found = 0;
    let lost = 0;
    const source = webSocketConnector(`ws://127.0.0.1:${(server.address as AddressInfo).port}`, {
      WebSocket: Watched,
      backoff: { first: 1, longest: 2 },
      onConnect: () => found++,
      onDisconnect: () => lost++,
    });
    const client = createClient<{ run(token: number): number }>(source, { onError: () => {} });
    cleanups.push(() => client.close());
    let resolved = 0;
    let unknown = 0;
    for (let drop = 0; drop < 100; drop++) {
      await client.run(drop * 100);
      const calls = Array.from({ length: 8 }, (_, i) =>
        client.run(drop * 100 + 1 + i).then(
          () => resolved++,
          (error: RpcError) => {
            expect(error.code).toBe("UNAVAILABLE");
            if (error.delivered === "unknown") unknown++;
          },
        ),
      );
      if (drop % 2 === 0) await Promise.resolve();
      const socket = sockets.at(-1) as unknown as { _socket: Socket };
      if (drop % 3 === 0) socket._socket.destroy();
      else socket._socket.resetAndDestroy();
      await Promise.all(calls);
    }
    expect([...runs.values()].every((count) => count === 1)).toBe(true);
    expect(resolved + unknown).toBeGreaterThan(0);
    expect(lost).toBeGreaterThanOrEqual(99);
    expect(found).toBeGreaterThanOrEqual(lost);
    await client.close();
    await Promise.all(sockets.map(closed));
    expect(sockets.reduce((sum, socket) => sum + listenersOf(socket), 0)).toBe(0);
    await vi.waitFor(() => expect(server.sessions.size).toBe(0));
  });

  it("F4 F5 a server that is killed and started again is found again; calls wait meanwhile", async () => {
    const states: string[] = [];
    let server = await startProcess(0);
    const { port } = server;
    const client = connect(`ws://127.0.0.1:${port}`, { backoff });
    onStatus(client, ({ state }) => states.push(state));
    expect(await client.add(1, 1)).toBe(2);
    const pending = client.never().catch((error: unknown) => error);
    server.child.kill("SIGKILL");
    expect(await pending).toMatchObject({ code: "UNAVAILABLE", delivered: "unknown" });
    const waiting = client.add(2, 2);
    server = await startProcess(port);
    expect(await waiting).toBe(4);
    expect(states).toContain("lost");
    expect(states.at(-1)).toBe("ready");
  });

  it("F9 a server that stops without a word is found within interval plus timeout", async () => {
    const { child, port } = await startProcess(0);
    // Long enough that a server which is only kept waiting is not taken for a dead one.
    const heartbeat = { interval: 500, timeout: 500 };
    const client = connect(`ws://127.0.0.1:${port}`, { backoff }, { heartbeat });
    await client.add(1, 1);
    const pending = client.never().catch((error: unknown) => error);
    child.kill("SIGSTOP");
    const started = performance.now();
    expect(await pending).toMatchObject({ code: "UNAVAILABLE" });
    expect(performance.now() - started).toBeLessThan(within(1_000 + 500));
    child.kill("SIGKILL");
  });

  it("F19 a server that closes lets calls finish, and tells the reason to those that stay", async () => {
    let finish!: (value: string) => void;
    const listener = webSocketListener({ port: 0, host: "127.0.0.1", origins: [], allowNoOrigin: true });
    const slow = () =>
      new Promise<string>((resolve) => {
        finish = resolve;
      });
    const server = serve(listener, { slow });
    await server.ready;
    const url = `ws://127.0.0.1:${(server.address as AddressInfo).port}`;
    const client = createClient<{ slow(): Promise<string> }>(webSocketTransport(() => new WebSocket(url)));
    const answer = client.slow().catch((error: unknown) => error);
    await vi.waitFor(() => expect(finish).toBeTypeOf("function"));
    const closing = server.close({ drain: 5_000 });
    finish("in time");
    expect(await answer).toBe("in time");
    await closing;
    await vi.waitFor(() => expect(status(client)).toMatchObject({ state: "closed" }));
    const late: unknown = await client.slow().catch((error: unknown) => error);
    expect(late).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    await client.close();
  });

  it("F17 a deadline and an abort settle a call on a connection that is being made", async () => {
    const client = connect("ws://127.0.0.1:9", { backoff });
    const failed: unknown = await withOptions(client, { timeout: 60 })
      .add(1, 1)
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "DEADLINE_EXCEEDED", delivered: "no" });
    const abort = new AbortController();
    const call = withOptions(client, { signal: abort.signal })
      .add(1, 1)
      .catch((error: unknown) => error);
    abort.abort();
    expect(await call).toMatchObject({ code: "CANCELLED", delivered: "no" });
  });
});

describe("the life of the process", () => {
  it.each(["ws", "global"])("F23 a client on %s WebSockets lets its process end", async (kind) => {
    const { url } = await start();
    const flags = kind === "global" ? ["--experimental-websocket"] : [];
    const child = spawn(process.execPath, [...flags, fixture("client.mjs"), kind, url]);
    let text = "";
    let errors = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    await new Promise((resolve) => child.once("close", resolve));
    expect([errors, text.split("\n")[0]]).toEqual(["", "3"]);
    expect(Number(text.split("\n")[1])).toBeLessThan(within(1_000));
  });
});

async function startProcess(port: number): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [fixture("server.mjs"), String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanups.push(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once("exit", resolve));
  });
  const line = await new Promise<Buffer>((resolve) => child.stdout?.once("data", resolve));
  return { child, port: Number(line) };
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}
