import { randomBytes } from "node:crypto";
import { errorMonitor, once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { openSession } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { webSocketTransport } from "../src/index.ts";
import { dial, message, raw, upgradeRequest } from "./support/ends.ts";
import { serve } from "./support/served.ts";

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

  it("a message that comes byte by byte is cut off before its pieces cost many times what it may", async () => {
    const served = await serve();
    const { socket, answer } = raw(served.port, upgradeRequest({}));
    const server = await served.next();
    const { _socket: below } = server.port as unknown as { _socket: Socket };
    // A mebibyte is announced; what a peer's system makes of its bytes is not ours to say, so they are put in by hand.
    socket.write(Uint8Array.of(0x81, 0xff, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0));
    await once(below, "data");
    let pieces = 0;
    for (; !server.ended && pieces < 100_000; pieces++) {
      below.emit("data", Buffer.of(120));
      if (pieces % 1024 === 0) await new Promise(setImmediate);
    }
    expect(server.ended).toMatchObject({ code: "PROTOCOL_ERROR" });
    expect(pieces).toBeLessThan(20_000);
    await answer;
  });

  it.each([
    ["has sent what is no message", "x", "PROTOCOL_ERROR"],
    ["has said goodbye", '[20,"OK","bye"]', "OK"],
  ])("who %s cannot end the process by a frame that is none, on a socket of yours", async (_who, message, code) => {
    const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(sockets, "listening");
    const { socket, answer } = raw((sockets.address() as AddressInfo).port, upgradeRequest({}));
    const [given] = (await once(sockets, "connection")) as [WebSocket];
    const session = openSession(webSocketTransport(given), { onError: () => {} });
    socket.write(Uint8Array.of(0x81, 0x80 | message.length, 0, 0, 0, 0, ...Buffer.from(message)));
    expect(await session.closed).toMatchObject({ code });
    const heard = once(given, errorMonitor).then(() => given.listenerCount("error"));
    socket.write(Uint8Array.of(0xf1, 0x80, 0, 0, 0, 0));
    expect(await heard).toBe(1);
    await answer;
    await new Promise((resolve) => sockets.close(resolve));
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

function _ended(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
