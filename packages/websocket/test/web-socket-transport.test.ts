import { execFile } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { lengthFramed, openSession, type Transport } from "@portolan/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { webSocketTransport } from "../src/index.ts";
import { closed, dial, listenersOf, message, type Served, serveSockets } from "./support/ends.ts";
import { within } from "./support/within.ts";

let served: Served;
beforeEach(async () => {
  served = await serveSockets();
});
afterEach(async () => {
  await served.close();
  for (const transport of served.arrived) expect(listenersOf(transport.port as WebSocket)).toBe(0);
});

describe("messages", () => {
  it("sends text both ways, and keeps what is sent while connecting", async () => {
    const { client } = dial(served.url);
    expect(client.blocked).toBe(true);
    client.send("one");
    client.send("two – ✓");
    const server = await served.next();
    const got: unknown[] = [];
    const two = new Promise<void>((resolve) =>
      server.receive((data) => {
        got.push(data);
        if (got.length === 2) resolve();
      }),
    );
    await two;
    expect(got).toEqual(["one", "two – ✓"]);
    expect(client.blocked).toBe(false);
    server.send("back");
    expect(await message(client)).toBe("back");
    client.close();
  });

  it("sends bytes both ways when asked, and exactly the bytes of a view", async () => {
    const { client } = dial(served.url, { binary: true });
    expect(client.traits).toMatchObject({ carries: "bytes", framed: true, network: true, announcesDeath: false });
    client.send(new Uint8Array([0, 1, 2, 3, 255]).subarray(1));
    const server = await served.next();
    const bytes = await message(server);
    expect(bytes).toEqual(new Uint8Array([1, 2, 3, 255]));
    (server.port as WebSocket).send(new Uint8Array([9]));
    expect(await message(client)).toEqual(new Uint8Array([9]));
    client.close();
  });

  it("says when it can take more once it is open", async () => {
    const { client } = dial(served.url);
    const writable = new Promise<void>((resolve) => client.onWritable(resolve));
    await writable;
    expect(client.blocked).toBe(false);
    client.close();
  });

  it("F12 refuses what is neither text nor bytes, and lives on", async () => {
    const { client } = dial(served.url);
    expect(() => client.send({ a: 1 })).toThrow(TypeError);
    client.send("still here");
    expect(await message(await served.next())).toBe("still here");
    client.close();
  });

  it("F15 counts as blocked while a slow reader leaves its buffer full, and says when that ends", async () => {
    const { client } = dial(served.url);
    const server = await served.next();
    (server.port as WebSocket).pause();
    await new Promise<void>((resolve) => (client.blocked ? client.onWritable(resolve) : resolve()));
    const piece = "x".repeat(256 * 1024);
    let sent = 0;
    while (!client.blocked && sent < 200) {
      client.send(piece);
      sent++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(client.blocked).toBe(true);
    expect((client.port as WebSocket).bufferedAmount).toBeLessThan(1024 * 1024 + 2 * piece.length);
    const writable = new Promise<void>((resolve) => client.onWritable(resolve));
    (server.port as WebSocket).resume();
    await writable;
    expect(client.blocked).toBe(false);
    client.close();
  });

  it.each(["client", "server"])("what waits for a slow reader leaves the %s as it was sent", async (from) => {
    const { client, socket } = dial(served.url, { binary: true });
    const server = await served.next();
    await new Promise<void>((resolve) => (client.blocked ? client.onWritable(resolve) : resolve()));
    const [sender, reader] = from === "client" ? [client, server.port as WebSocket] : [server, socket];
    reader.pause();
    const codec = lengthFramed();
    const [out, into] = [codec.open(), codec.open()];
    for (let fill = 0; fill < 250; fill++) sender.send(out.encode([codec.attach?.(new Uint8Array(60_000).fill(fill))]));
    let arrived = 0;
    const wrong: number[] = [];
    const whole = new Promise<void>((resolve) =>
      reader.on("message", (data) => {
        for (const [list] of into.decode(data) as [Uint8Array][]) {
          if (Buffer.compare(list, new Uint8Array(60_000).fill(arrived)) !== 0) wrong.push(arrived);
          if (++arrived === 250) resolve();
        }
      }),
    );
    reader.resume();
    await whole;
    reader.removeAllListeners("message");
    expect(wrong).toEqual([]);
    client.close();
  });
});

describe("endings", () => {
  it("F1 an orderly close is OK on both ends, and leaves no listener", async () => {
    const { client, socket } = dial(served.url);
    const server = await served.next();
    await new Promise<void>((resolve) => client.onWritable(resolve));
    client.close();
    expect(await client.closed).toMatchObject({ code: "OK", by: "local" });
    expect(await server.closed).toMatchObject({ code: "OK", by: "remote" });
    await closed(socket);
    expect(listenersOf(socket)).toBe(0);
  });

  it("a reason crosses in the close frame, cut to 123 bytes between two code points", async () => {
    const { client } = dial(served.url);
    const server = await served.next();
    server.close({ code: "UNAUTHENTICATED", message: `${"ü".repeat(60)}${"🌊".repeat(10)}`, by: "local" });
    const reason = await client.closed;
    expect(reason).toMatchObject({ code: "UNAUTHENTICATED", message: "ü".repeat(60), by: "remote" });
  });

  it("F2 F3 a connection that is cut ends with UNAVAILABLE on the other end", async () => {
    for (const cut of ["destroy", "resetAndDestroy"] as const) {
      const { client } = dial(served.url);
      const server = await served.next();
      const started = performance.now();
      below(server)[cut]();
      expect(await client.closed).toMatchObject({ code: "UNAVAILABLE", by: "platform" });
      expect(performance.now() - started).toBeLessThan(within(500));
      await server.closed;
    }
  });

  it("F5 a refused connection ends with UNAVAILABLE and the platform's error", async () => {
    const nobody = await serveSockets();
    await nobody.close();
    const { client } = dial(nobody.url);
    const reason = await client.closed;
    expect(reason).toMatchObject({ code: "UNAVAILABLE", by: "platform" });
    expect(reason.message).toContain("ECONNREFUSED");
    expect(reason.cause).toBeInstanceOf(Error);
  });

  it("F5 a peer that speaks something else ends it with a typed reason", async () => {
    for (const greeting of ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "SSH-2.0-OpenSSH_9.2\r\n", ""]) {
      const stranger = await tcpServer((socket) => socket.end(greeting));
      const { client } = dial(`ws://127.0.0.1:${(stranger.address() as AddressInfo).port}`);
      expect((await client.closed).code).toBe("UNAVAILABLE");
      await new Promise((resolve) => stranger.close(resolve));
    }
  });

  it("closing while connecting is quiet and leaves nothing", async () => {
    const stranger = await tcpServer(() => {});
    const { client, socket } = dial(`ws://127.0.0.1:${(stranger.address() as AddressInfo).port}`);
    client.send("never");
    client.close();
    client.close();
    await closed(socket);
    expect(listenersOf(socket)).toBe(0);
    await new Promise((resolve) => stranger.close(resolve));
  });

  it("calls on a socket that never opens are told as not delivered", async () => {
    const session = openSession(webSocketTransport(() => new WebSocket("ws://127.0.0.1:1")));
    const { add } = session.remote as { add(a: number, b: number): Promise<number> };
    await expect(add(1, 2)).rejects.toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
  });

  it("a platform that says nothing of a failure is not quoted", async () => {
    class Silent extends EventTarget {
      readonly readyState = WebSocket.CONNECTING;
      readonly bufferedAmount = 0;
      binaryType = "blob";
      send(): void {}
      close(): void {}
    }
    const socket = new Silent();
    const client = webSocketTransport(() => socket as never);
    socket.dispatchEvent(Object.assign(new Event("error"), { error: new TypeError() }));
    socket.dispatchEvent(Object.assign(new Event("close"), { code: 1006, reason: "" }));
    expect(client.ended).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(/^the connection broke/),
      delivered: "no",
    });
  });

  it("Node's own WebSocket says in words that it could not connect", async () => {
    const fixture = fileURLToPath(new URL("fixtures/refused.mjs", import.meta.url));
    const flags = ["--experimental-websocket", "--no-warnings"];
    // From 24 on it says nothing in its event.
    const { stdout } = await promisify(execFile)(process.env.NODE_NEWEST ?? process.execPath, [...flags, fixture]);
    const { code, message } = JSON.parse(stdout) as { code: string; message: string };
    expect(code).toBe("UNAVAILABLE");
    expect(message).toMatch(/^the connection broke, or could not be made \(1006\)$|^the WebSocket failed: \w+/);
    expect(message).not.toContain("undefined");
  });

  it("a socket that is closed already ends its transport in the same turn", async () => {
    const { client, socket } = dial(served.url);
    await served.next();
    client.close();
    await closed(socket);
    const late = webSocketTransport(socket);
    expect(late.ended).toMatchObject({ code: "UNAVAILABLE" });
    expect(listenersOf(socket)).toBe(0);
  });

  it("sending after the end throws UNAVAILABLE that was not delivered", async () => {
    const { client } = dial(served.url);
    await served.next();
    client.close();
    expect(() => client.send("late")).toThrow(expect.objectContaining({ code: "UNAVAILABLE", delivered: "no" }));
  });
});

describe("ownership", () => {
  it("a socket that was passed stays open when its transport closes", async () => {
    const socket = new WebSocket(served.url);
    const client = webSocketTransport(socket);
    const server = await served.next();
    await new Promise<void>((resolve) => client.onWritable(resolve));
    client.close();
    expect(listenersOf(socket)).toBe(0);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.send("by hand");
    expect(await message(server)).toBe("by hand");
    socket.terminate();
    await server.closed;
  });

  it("the port of the transport is the socket", async () => {
    const { client, socket } = dial(served.url);
    expect(client.port).toBe(socket);
    await served.next();
    client.close();
  });
});

function below(transport: Transport): Socket {
  return (transport.port as unknown as { _socket: Socket })._socket;
}

async function tcpServer(greet: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => {}).resume();
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
