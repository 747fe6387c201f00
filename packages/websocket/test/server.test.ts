import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { RpcError, type Transport } from "@portolan/protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { subprotocol } from "../src/index.ts";
import { type WebSocketListenerOptions, webSocketListener } from "../src/server/index.ts";
import { closed, dial, message, raw, type Served, serveSockets, upgradeRequest } from "./support/ends.ts";

const opened: Served[] = [];
const serve = async (...options: Parameters<typeof serveSockets>): Promise<Served> => {
  const served = await serveSockets(...options);
  opened.push(served);
  return served;
};
afterEach(async () => {
  for (const served of opened.splice(0)) await served.close();
});

describe("who is let in", () => {
  it("origins are required, and have to be origins", () => {
    const listen = (origins: unknown) => () =>
      webSocketListener({ noServer: true, origins } as unknown as WebSocketListenerOptions);
    expect(listen(undefined)).toThrow(TypeError);
    expect(listen("https://a.example")).toThrow(TypeError);
    expect(listen(["https://a.example/path"])).toThrow(/expected an origin/);
    expect(listen(["*"])).toThrow(/expected an origin/);
    expect(listen(["https://*.example"])).toThrow(/expected an origin/);
    expect(listen(["https://a.example", "null", "chrome-extension://abc"])).not.toThrow();
    expect(listen("*")).not.toThrow();
  });

  it("an origin is known by what browsers send: without the port that goes without saying, its host in ASCII", async () => {
    const said = [
      ["https://App.example:443", "https://app.example"],
      ["http://app.example:80", "http://app.example"],
      ["https://b\u00fccher.example", "https://xn--bcher-kva.example"],
      ["file://", "file://"],
      ["APP://Bundle", "app://bundle"],
    ] as const;
    const served = await serve({ origins: said.map(([named]) => named) });
    for (const [, Origin] of said) {
      const { socket } = raw(served.port, upgradeRequest({ Origin }));
      expect((await served.next()).peer).toMatchObject({ origin: Origin });
      socket.destroy();
    }
  });

  it("pages of other origins get 403, are reported, and never arrive", async () => {
    const served = await serve({ origins: ["https://app.example"], allowNoOrigin: false });
    for (const Origin of ["https://evil.example", "https://app.example.evil.com", "null", "https://APP.example:444"]) {
      expect(await raw(served.port, upgradeRequest({ Origin })).answer).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
    }
    expect(await raw(served.port, upgradeRequest({})).answer).toMatch(/^HTTP\/1.1 403/);
    expect(served.reports).toHaveLength(5);
    expect(served.reports.every((error) => RpcError.is(error) && error.code === "PERMISSION_DENIED")).toBe(true);
    expect(served.arrived).toEqual([]);
    const { socket } = raw(served.port, upgradeRequest({ Origin: "https://App.Example" }));
    expect((await served.next()).peer).toMatchObject({ kind: "websocket", origin: "https://App.Example" });
    socket.destroy();
  });

  it("a client without Origin comes in only if that is allowed", async () => {
    const strict = await serve({ allowNoOrigin: false });
    const { client } = dial(strict.url);
    expect(await client.closed).toMatchObject({ code: "PERMISSION_DENIED" });
    const lax = await serve({ allowNoOrigin: true });
    dial(lax.url);
    const { peer } = await lax.next();
    expect(peer).toMatchObject({ kind: "websocket", trusted: false, origin: undefined });
    expect(peer["remoteAddress"]).toMatch(/127\.0\.0\.1$/);
    expect((peer["request"] as IncomingMessage).headers["upgrade"]).toBe("websocket");
  });

  it("over loopback a foreign Host is refused, so that a page cannot come by a name of its own", async () => {
    const served = await serve({ hosts: ["app.example"] });
    const Origin = "http://evil.example";
    for (const Host of ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", ""]) {
      expect(await raw(served.port, upgradeRequest({ Origin, Host })).answer).toMatch(/^HTTP\/1.1 40[03]/);
    }
    expect(served.arrived).toEqual([]);
    for (const Host of ["localhost:1", "127.0.0.1", "[::1]:8080", "app.localhost", "App.Example:1"]) {
      const { socket } = raw(served.port, upgradeRequest({ Origin, Host }));
      await served.next();
      socket.destroy();
    }
  });

  it("hears only its path", async () => {
    const served = await serve({ path: "/rpc" });
    expect(await raw(served.port, upgradeRequest({}, "/other")).answer).toMatch(/^HTTP\/1.1 404/);
    const { client } = dial(`${served.url}/rpc?token=1`);
    await served.next();
    client.close();
  });

  it("a plain request gets 426", async () => {
    const served = await serve();
    const answer = await fetch(`http://127.0.0.1:${served.port}/`);
    expect(answer.status).toBe(426);
    await answer.text();
  });
});

describe("versions", () => {
  it("chooses the subprotocol of this version, and does without one", async () => {
    const served = await serve();
    const ours = new WebSocket(served.url, ["other", subprotocol]);
    await served.next();
    expect((await opening(ours)).protocol).toBe(subprotocol);
    const none = new WebSocket(served.url);
    await served.next();
    expect((await opening(none)).protocol).toBe("");
    ours.close();
    none.close();
  });

  it("a client of another version is closed with VERSION_MISMATCH, which it can read", async () => {
    const served = await serve();
    const socket = new WebSocket(served.url, ["portolan.99"]);
    const [code, reason] = await new Promise<[number, Buffer]>((resolve) =>
      socket.once("close", (...told) => resolve(told)),
    );
    expect(code).toBe(4051);
    expect(String(reason)).toContain(subprotocol);
    expect(served.arrived).toEqual([]);
    expect(served.reports).toEqual([expect.objectContaining({ code: "VERSION_MISMATCH" })]);
  });
});

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

describe("bad bytes", () => {
  it("a message beyond maxPayload ends with RESOURCE_EXHAUSTED on both ends", async () => {
    const served = await serve({ maxPayload: 64 * 1024 });
    const { client } = dial(served.url);
    const server = await served.next();
    client.send("x".repeat(64 * 1024));
    expect(await message(server)).toHaveLength(64 * 1024);
    client.send("x".repeat(64 * 1024 + 1));
    expect(await server.closed).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    expect(await client.closed).toMatchObject({ code: "RESOURCE_EXHAUSTED", by: "remote" });
  });

  it("F11 F13 random, truncated and unmasked frames end that connection only", async () => {
    const served = await serve();
    const { client: neighbour } = dial(served.url);
    const honest = await served.next();
    const frames: [string, Uint8Array][] = [
      ["random bytes", randomBytes(4096)],
      ["unmasked", Uint8Array.of(0x81, 2, 104, 105)],
      ["reserved bits", Uint8Array.of(0xf1, 0x80, 0, 0, 0, 0)],
      ["unknown opcode", Uint8Array.of(0x83, 0x80, 0, 0, 0, 0)],
      ["text that is no UTF-8", Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28)],
      ["a length that no one means", Uint8Array.of(0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0)],
      ["a continuation of nothing", Uint8Array.of(0x80, 0x80, 0, 0, 0, 0)],
      ["a long ping", Uint8Array.of(0x89, 0xfe, 1, 0, 0, 0, 0, 0)],
    ];
    for (const [what, bytes] of frames) {
      const { socket } = raw(served.port, upgradeRequest({}));
      const server = await served.next();
      socket.write(bytes);
      const reason = await server.closed;
      expect([what, reason.code]).toEqual([what, expect.stringMatching(/^(PROTOCOL_ERROR|RESOURCE_EXHAUSTED)$/)]);
      socket.destroy();
    }
    const { socket } = raw(served.port, upgradeRequest({}));
    const server = await served.next();
    const got: unknown[] = [];
    server.receive((data) => got.push(data));
    socket.end(Uint8Array.of(0x81, 0x90, 0, 0, 0, 0, 104, 105));
    expect(await server.closed).toMatchObject({ code: "UNAVAILABLE" });
    expect(got).toEqual([]);
    neighbour.send("unharmed");
    expect(await message(honest)).toBe("unharmed");
    neighbour.close();
  });

  it("a flood of pings whose answers nobody reads is cut off in bounded memory", async () => {
    const served = await serve();
    const { socket } = raw(served.port, upgradeRequest({}));
    const server = await served.next();
    socket.pause();
    const ping = Buffer.concat([Uint8Array.of(0x89, 0xfd, 0, 0, 0, 0), new Uint8Array(125)]);
    const flood = Buffer.concat(Array.from({ length: 512 }, () => ping));
    let ended = false;
    server.onClose(() => {
      ended = true;
    });
    let most = 0;
    while (!ended) {
      socket.write(flood);
      most = Math.max(most, (server.port as WebSocket).bufferedAmount);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(most).toBeLessThan(256 * 1024);
    socket.destroy();
  });

  it("an upgrade that never ends, or is too large, gets an answer and not a connection", async () => {
    const served = await serve();
    const huge = upgradeRequest({ "X-Large": "x".repeat(64 * 1024) });
    expect(await raw(served.port, huge).answer).toMatch(/^HTTP\/1.1 431/);
    expect(await raw(served.port, "\x00\x01garbage\r\n\r\n").answer).toMatch(/^HTTP\/1.1 400/);
    expect(await raw(served.port, upgradeRequest({ "Sec-WebSocket-Version": "7" })).answer).toMatch(/^HTTP\/1.1 400/);
    expect(served.arrived).toEqual([]);
  });

  it("a refused client that resets its connection harms nobody", async () => {
    const served = await serve({ origins: ["https://app.example"] });
    for (let i = 0; i < 20; i++) {
      const { socket } = raw(served.port, upgradeRequest({ Origin: "https://evil.example" }));
      await new Promise<void>((resolve) => socket.once("connect", resolve));
      (socket as Socket).resetAndDestroy();
    }
    expect(await raw(served.port, upgradeRequest({ Origin: "https://evil.example" })).answer).toMatch(/^HTTP\/1.1 403/);
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

it("the request of a peer tells its headers as often as it is asked, and as it came", async () => {
  const served = await serve();
  const sockets = [
    raw(served.port, upgradeRequest({ "X-Tenant": "a" })),
    raw(served.port, upgradeRequest({ "X-Tenant": "b" })),
  ];
  const peers = [await served.next(), await served.next()].map(({ peer }) => peer["request"] as IncomingMessage);
  for (const request of [...peers, ...peers]) expect(request.headers.upgrade).toBe("websocket");
  expect(peers.map(({ headers }) => headers["x-tenant"]).sort()).toEqual(["a", "b"]);
  for (const { socket } of sockets) socket.destroy();
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
