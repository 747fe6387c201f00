import { lookup } from "node:dns/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Transport } from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { type WebSocketListenerOptions, webSocketListener } from "../src/server/index.ts";
import { closed, dial, message, raw, upgradeRequest } from "./support/ends.ts";
import { serve } from "./support/served.ts";

describe("places", () => {
  it("ready rejects on a taken port, and the failure is reported", async () => {
    const served = await serve();
    const reports: unknown[] = [];
    const second = webSocketListener({ port: served.port, host: "127.0.0.1", origins: "*" });
    second.accept(
      () => {},
      (error) => reports.push(error),
    );
    await expect(second.ready).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(reports).toEqual([expect.objectContaining({ code: "EADDRINUSE" })]);
    await second.close();
    await second.close();
  });

  it("F-14 shares a server of yours: with plain requests and with other WebSockets, and leaves it running", async () => {
    const server = createServer((_request, response) => response.end("plain"));
    const listener = webSocketListener({ server, path: "/rpc", origins: "*", allowNoOrigin: true });
    const other = webSocketListener({ noServer: true, origins: "*", allowNoOrigin: true });
    const arrived: string[] = [];
    listener.accept(() => arrived.push("rpc"), unexpected);
    other.accept(() => arrived.push("other"), unexpected);
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (request.url === "/other") other.handleUpgrade(request, socket, head);
    };
    server.on("upgrade", upgrade);
    server.listen(0, "127.0.0.1");
    await listener.ready;
    const { port } = listener.address as AddressInfo;
    for (const path of ["/rpc", "/other"]) {
      const socket = await opening(new WebSocket(`ws://127.0.0.1:${port}${path}`));
      socket.terminate();
      await closed(socket);
    }
    expect(arrived).toEqual(["rpc", "other"]);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("plain");
    await listener.close();
    await other.close();
    expect(server.listening).toBe(true);
    expect(server.listeners("upgrade")).toEqual([upgrade]);
    expect(server.listenerCount("error") + server.listenerCount("close")).toBe(0);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("what arrived lives on when the listener closes, and nobody new comes in", async () => {
    const served = await serve();
    const { client } = dial(served.url);
    const server = await served.next();
    await served.listener.close();
    client.send("alive");
    expect(await message(server)).toBe("alive");
    const late = dial(served.url);
    expect((await late.client.closed).code).toBe("UNAVAILABLE");
    client.close();
  });
});

describe("where it listens", () => {
  it("a place that is none, or more than one, is a TypeError that says what is expected", () => {
    const listen = (place: object | undefined) => () =>
      webSocketListener((place && { origins: "*", ...place }) as WebSocketListenerOptions);
    expect(listen(undefined)).toThrow(/expected { origins } and a place/);
    for (const place of [{}, { port: undefined }, { server: undefined }, { noServer: false }]) {
      expect(listen(place)).toThrow(/expected one of { server }, { port } and { noServer: true }, got 0/);
    }
    expect(listen({ port: 0, server: createServer() })).toThrow(/got 2 of them/);
    for (const port of [-1, 65_536, 1.5, "8080", "abc"])
      expect(listen({ port })).toThrow(/expected a port, an integer/);
    expect(listen({ server: {} })).toThrow(/expected a server of node:http/);
    expect(listen({ port: 0, path: "rpc" })).toThrow(/expected a path such as "\/rpc"/);
    expect(listen({ port: 0, hosts: "app.example" })).toThrow(/expected hosts to be a list/);
    expect(listen({ noServer: true })).not.toThrow();
  });

  it("serving one listener twice is a TypeError, and the first goes on", async () => {
    const served = await serve();
    const accept = () => served.listener.accept(unexpected, unexpected);
    expect(accept).toThrow(/served already/);
    const { client } = dial(served.url);
    await served.next();
    client.close();
  });

  it("a listener on a port that was closed is served again, and each of its clients arrives once", async () => {
    const listener = webSocketListener({ port: 0, host: "127.0.0.1", origins: "*", allowNoOrigin: true });
    let arrived = 0;
    for (let round = 0; round < 2; round++) {
      listener.accept(() => arrived++, unexpected);
      await vi.waitFor(() => expect(listener.address).not.toBe(null));
      const { port } = listener.address as AddressInfo;
      const { client, socket } = dial(`ws://127.0.0.1:${port}`);
      await new Promise<void>((resolve) => client.onWritable(resolve));
      socket.terminate();
      await listener.close();
    }
    expect(arrived).toBe(2);
  });

  it("a listener that is closed while it looks its host up does not listen after all", async () => {
    const listener = webSocketListener({ port: 0, host: "localhost", origins: "*" });
    const reports: unknown[] = [];
    listener.accept(unexpected, (error) => reports.push(error));
    await listener.close();
    await expect(listener.ready).rejects.toThrow("the server was closed before it listened");
    // Ours is behind that of the server, and a turn behind that it would listen.
    await lookup("localhost");
    await new Promise(setImmediate);
    await vi.waitFor(() => expect(process.getActiveResourcesInfo()).not.toContain("TCPServerWrap"));
    expect(reports).toHaveLength(1);
  });

  it("several listeners of one server: each hears its path, and the first answers what nobody hears", async () => {
    const { server, port } = await listeningServer();
    const a = hear({ server, path: "/a" });
    const b = hear({ server, path: "/b" });
    await Promise.all([a.listener.ready, b.listener.ready]);
    for (const [path, heard] of [
      ["/a", a],
      ["/b?x=1", b],
    ] as const) {
      const { client } = dial(`ws://127.0.0.1:${port}${path}`);
      await vi.waitFor(() => expect(heard.arrived).toHaveLength(1));
      client.close();
    }
    expect(await raw(port, upgradeRequest({}, "/nobody")).answer).toMatch(/^HTTP\/1.1 404/);
    await a.listener.close();
    expect(await raw(port, upgradeRequest({}, "/a")).answer).toMatch(/^HTTP\/1.1 404/);
    // Somebody else's WebSockets on the same server are not ours to refuse.
    const stranger = (_request: IncomingMessage, socket: Duplex) => socket.end("HTTP/1.1 418 Other\r\n\r\n");
    server.on("upgrade", stranger);
    expect(await raw(port, upgradeRequest({}, "/other")).answer).toMatch(/^HTTP\/1.1 418/);
    server.off("upgrade", stranger);
    await b.listener.close();
    expect(server.listenerCount("upgrade")).toBe(0);
    for (const transport of [...a.arrived, ...b.arrived]) transport.close();
    await ended(server);
  });

  it("a second listener of one path is refused when it is served, and the first serves on", async () => {
    const { server, port } = await listeningServer();
    const first = hear({ server, path: "/a" });
    await first.listener.ready;
    for (const path of ["/a", undefined]) {
      const second = hear(path === undefined ? { server } : { server, path });
      await expect(second.listener.ready).rejects.toMatchObject({
        code: "FAILED_PRECONDITION",
        message: expect.stringContaining('hears the path "/a": give each a path of its own'),
      });
      expect(second.reports).toHaveLength(1);
      await second.listener.close();
    }
    const { client } = dial(`ws://127.0.0.1:${port}/a`);
    await vi.waitFor(() => expect(first.arrived).toHaveLength(1));
    client.close();
    await first.listener.close();
    // The path is free again.
    const third = hear({ server, path: "/a" });
    await third.listener.ready;
    await third.listener.close();
    for (const transport of first.arrived) transport.close();
    await ended(server);
  });

  it("closing ends connections that have asked for nothing yet, so that the process may end", async () => {
    const served = await serve();
    const silent = raw(served.port, "");
    const half = raw(served.port, "GET / HTTP/1.1\r\nHost: localhost\r\n");
    // Connections are taken in order, so both are there when a later one has been answered.
    expect((await fetch(`http://127.0.0.1:${served.port}/`)).status).toBe(426);
    await served.listener.close();
    expect(await Promise.all([silent.answer, half.answer])).toEqual(["", ""]);
  });
});

function opening(socket: WebSocket): Promise<WebSocket> {
  if (socket.readyState === WebSocket.OPEN) return Promise.resolve(socket);
  return new Promise((resolve, reject) => socket.once("open", () => resolve(socket)).once("error", reject));
}

/** Nobody is refused in these tests. */
function unexpected(error: unknown): never {
  throw error;
}

async function listeningServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

function hear(place: { readonly server: Server; readonly path?: string }) {
  const listener = webSocketListener({ ...place, origins: "*", allowNoOrigin: true });
  const arrived: Transport[] = [];
  const reports: unknown[] = [];
  listener.accept(
    (transport) => void arrived.push(transport),
    (error) => void reports.push(error),
  );
  return { listener, arrived, reports };
}

function ended(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
