import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { createClient, onStatus, RpcError, stats, status, withOptions } from "@portolan/client";
import type { Peer } from "@portolan/protocol";
import { type ServeOptions, type Server, serve } from "@portolan/server";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { type WebSocketConnectorOptions, webSocketConnector, webSocketTransport } from "../src/index.ts";
import { type WebSocketListenerOptions, webSocketListener } from "../src/server/index.ts";
import { closed, listenersOf } from "./support/ends.ts";
import { within } from "./support/within.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const api = {
  add: (a: number, b: number) => a + b,
  echo: <T>(value: T): T => value,
  never: () => new Promise<void>(() => {}),
  async each(list: number[], hear: (item: number) => void) {
    for (const item of list) await hear(item);
    return list.length;
  },
  async *count(to: number) {
    for (let i = 0; i < to; i++) yield i;
  },
  async *endless() {
    for (;;) yield "x".repeat(10_000);
  },
};
type Api = typeof api;

async function start(
  options: Partial<Extract<WebSocketListenerOptions, { port: number }>> = {},
  serving: ServeOptions = {},
): Promise<{ server: Server; url: string; port: number }> {
  const listener = webSocketListener({ port: 0, host: "127.0.0.1", origins: [], allowNoOrigin: true, ...options });
  const server = serve(listener, api, { onError: () => {}, ...serving });
  cleanups.push(() => server.close());
  await server.ready;
  const { port } = server.address as AddressInfo;
  return { server, url: `ws://127.0.0.1:${port}`, port };
}

function connect(url: string | (() => string), options: WebSocketConnectorOptions = {}, client = {}) {
  const made = createClient<Api>(webSocketConnector(url, { WebSocket, ...options }), { onError: () => {}, ...client });
  cleanups.push(() => made.close());
  return made;
}

describe.each(["text", "binary"])("over %s frames", (kind) => {
  const binary = kind === "binary";

  it("R-01 F-14 values, callbacks, streams and bytes cross", async () => {
    const { url } = await start({ binary });
    const client = connect(url, { binary });
    expect(await client.add(1, 2)).toBe(3);
    const value = { big: 10n ** 30n, map: new Map([["a", new Date(0)]]), text: 'ü🌊\n\\"', nothing: undefined };
    expect(await client.echo(value)).toEqual(value);
    const heard: number[] = [];
    expect(await client.each([1, 2, 3], (item) => void heard.push(item))).toBe(3);
    expect(heard).toEqual([1, 2, 3]);
    const counted: number[] = [];
    for await (const item of client.count(300)) counted.push(item);
    expect(counted).toHaveLength(300);
    const bytes = new Uint8Array(randomBytes(70_000));
    expect(await client.echo(bytes)).toEqual(bytes);
  });

  it("R-38 R-39 a message beyond one frame goes in pieces, and small calls pass beside it", async () => {
    const limits = { message: 16 * 1024 * 1024 };
    const { url } = await start({ binary }, { limits });
    const client = connect(url, { binary }, { limits });
    await client.add(1, 1);
    const large = new Uint8Array(randomBytes(3_000_000));
    const [echoed, sums] = await Promise.all([
      client.echo(large),
      Promise.all(Array.from({ length: 50 }, (_, i) => client.add(i, i))),
    ]);
    expect(Buffer.compare(echoed as Uint8Array, large)).toBe(0);
    expect(sums[49]).toBe(98);
    expect(stats(client)).toMatchObject({ calls: { open: 0 } });
  });
});

describe("limits", () => {
  it("a message that the server would not take is refused before it is sent, and the session lives on", async () => {
    const { url } = await start();
    const client = connect(url);
    await client.add(1, 1);
    const failed: unknown = await client.echo("x".repeat(2_000_000)).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "RESOURCE_EXHAUSTED", delivered: "no" });
    expect(await client.add(1, 1)).toBe(2);
  });

  it("text where bytes belong, and bytes where text belongs, end that session with a typed reason", async () => {
    for (const binary of [true, false]) {
      const { url, server } = await start({ binary });
      const client = connect(url, { binary });
      await client.add(1, 1);
      const stranger = new WebSocket(url);
      await new Promise((resolve) => stranger.once("open", resolve));
      stranger.send(binary ? "[99]\n" : Buffer.from("[99]"));
      const [code] = await new Promise<[number]>((resolve) => stranger.once("close", (...told) => resolve([told[0]])));
      expect(code).toBe(4050);
      expect(await client.add(2, 2)).toBe(4);
      expect(server.sessions.size).toBe(1);
    }
  });

  it("F15 a slow reader of a stream stalls only that stream", async () => {
    const { url, server } = await start();
    const client = connect(url);
    const reader = client.endless()[Symbol.asyncIterator]();
    await reader.next();
    for (let i = 0; i < 50; i++) expect(await client.add(i, i)).toBe(2 * i);
    const [session] = server.sessions;
    expect(session?.stats().streams).toBe(1);
    await reader.return?.(undefined);
    expect(await client.add(1, 1)).toBe(2);
  });
});

describe("who comes", () => {
  it("context authenticates by the request and by metadata, and a refusal reaches the client for good", async () => {
    const seen: string[] = [];
    const context = ({ request, metadata }: Peer) => {
      seen.push(String((request as IncomingMessage).headers["user-agent"]));
      if ((metadata as { token?: string } | undefined)?.token !== "open sesame") {
        throw new RpcError("UNAUTHENTICATED", "who are you?");
      }
    };
    const { url } = await start({}, { context });
    const welcome = connect(url, {}, { metadata: { token: "open sesame" } });
    expect(await welcome.add(1, 2)).toBe(3);
    const refused = connect(url, {}, { metadata: { token: "guess" } });
    const failed: unknown = await refused.add(1, 2).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "UNAUTHENTICATED", message: "who are you?", delivered: "no" });
    expect(status(refused)).toMatchObject({ state: "closed", reason: { code: "UNAUTHENTICATED" } });
    expect(seen).toHaveLength(2);
  });

  it("calls that come before authentication wait, bounded, and never run for a peer that is refused", async () => {
    let ran = 0;
    let letIn!: () => void;
    const listener = webSocketListener({ port: 0, host: "127.0.0.1", origins: [], allowNoOrigin: true });
    const server = serve(
      listener,
      { run: () => ++ran },
      {
        onError: () => {},
        context: () =>
          new Promise((_, reject) => {
            letIn = () => reject(new RpcError("PERMISSION_DENIED", "no"));
          }),
      },
    );
    cleanups.push(() => server.close());
    await server.ready;
    const stranger = new WebSocket(`ws://127.0.0.1:${(server.address as AddressInfo).port}`);
    await new Promise((resolve) => stranger.once("open", resolve));
    const hello =
      '[0,1,{"session":"s","codec":"json","carries":"text","moves":"none","maxMessage":0,"trusted":false,"features":[],"calls":1,"accepts":0}]';
    stranger.send(hello);
    for (let i = 1; i < 50; i++) stranger.send(JSON.stringify([1, i, 0, ["run"], []]));
    await vi.waitFor(() => expect(letIn).toBeTypeOf("function"));
    letIn();
    const [code] = await new Promise<[number]>((resolve) => stranger.once("close", (...told) => resolve([told[0]])));
    expect(code).toBe(4007);
    expect(ran).toBe(0);
  });

  it("an origin that is not allowed is final for clients that learn of it", async () => {
    const { url } = await start({ allowNoOrigin: false });
    const client = connect(url);
    const failed: unknown = await client.add(1, 1).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "PERMISSION_DENIED", delivered: "no" });
    expect(status(client)).toMatchObject({ state: "closed" });
  });

  it("what cannot be dialled is final, and says why", async () => {
    const nonsense = connect("not a url");
    const failed: unknown = await nonsense.add(1, 1).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "INVALID_ARGUMENT" });
    const { url } = await start({ path: "/rpc" });
    const elsewhere: unknown = await connect(`${url}/nowhere`)
      .add(1, 1)
      .catch((error: unknown) => error);
    expect(elsewhere).toMatchObject({ code: "UNIMPLEMENTED" });
  });
});

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
