import { errorMonitor, once } from "node:events";
import { connect as connectTo, createServer, type Socket } from "node:net";
import { connect as connectSecurely, createServer as createSecureServer, type TLSSocket } from "node:tls";
import { lengthFramed, type Transport } from "@portolan/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { socketListener, socketTransport } from "../src/index.ts";
import { bytes, gone, type Served, serveSockets } from "./support/ends.ts";
import { socketPath } from "./support/places.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});
async function serve(...options: Parameters<typeof serveSockets>): Promise<Served> {
  const served = await serveSockets(...options);
  cleanups.push(() => served.close());
  return served;
}
function freshPath(): string {
  const { path, remove } = socketPath();
  cleanups.push(remove);
  return path;
}
const text = (string: string) => new TextEncoder().encode(string);

describe.each(["TCP", "a Unix socket"])("over %s", (kind) => {
  const open = () => serve(kind === "TCP" ? { port: 0 } : { path: freshPath() });

  it("bytes go both ways in order, those sent while connecting too", async () => {
    const served = await open();
    const { client } = served.dial();
    expect(client.blocked).toBe(true);
    expect(client.traits).toMatchObject({ carries: "bytes", framed: false, announcesDeath: false, network: true });
    const writable = new Promise<void>((resolve) => client.onWritable(resolve));
    client.send(text("one "));
    client.send(text("two"));
    const server = await served.next();
    expect(String(await bytes(server, 7))).toBe("one two");
    await writable;
    expect(client.blocked).toBe(false);
    server.send(text("back"));
    expect(String(await bytes(client, 4))).toBe("back");
    expect(server.peer).toMatchObject({ kind: "socket", trusted: false, socket: server.port });
    client.close();
  });

  it("F1 what was sent before the close still arrives, and no listener is left", async () => {
    const served = await open();
    const { client, socket } = served.dial();
    const server = await served.next();
    await new Promise<void>((resolve) => client.onWritable(resolve));
    client.send(new Uint8Array(1_000_000));
    client.close();
    expect((await bytes(server, 1_000_000)).length).toBe(1_000_000);
    expect(await server.closed).toEqual({ code: "UNAVAILABLE", message: expect.any(String), by: "remote" });
    await gone(socket);
    for (const { port } of [client, server]) {
      expect((port as Socket).listenerCount("data") + (port as Socket).listenerCount("drain")).toBe(0);
      await gone(port as Socket);
      expect((port as Socket).listenerCount("error")).toBe(0);
    }
  });

  it("F2 F3 an end, a destruction and a reset each end the other side", async () => {
    const served = await open();
    const cuts: ((socket: Socket) => void)[] = [
      (socket) => socket.end(),
      (socket) => socket.destroy(),
      ...(kind === "TCP" ? [(socket: Socket) => socket.resetAndDestroy()] : []),
    ];
    for (const cut of cuts) {
      const { client } = served.dial();
      const server = await served.next();
      cut(server.port as Socket);
      expect((await client.closed).code).toBe("UNAVAILABLE");
      expect((await server.closed).code).toBe("UNAVAILABLE");
      expect(() => client.send(text("late"))).toThrow(expect.objectContaining({ delivered: "no" }));
    }
  });

  it("F5 nobody there ends it with the platform's error", async () => {
    const served = await open();
    await served.close();
    const { client } = served.dial();
    const reason = await client.closed;
    expect(reason).toMatchObject({ code: "UNAVAILABLE", by: "platform", cause: expect.any(Error) });
    expect(reason.message).toMatch(/ECONNREFUSED|ENOENT/);
  });

  it("F15 a reader that stops makes it blocked, and one that goes on makes it writable", async () => {
    const served = await open();
    const { client, socket } = served.dial();
    const server = await served.next();
    (server.port as Socket).pause();
    await new Promise<void>((resolve) => client.onWritable(resolve));
    let sent = 0;
    while (!client.blocked && sent < 1000) {
      client.send(new Uint8Array(65_536));
      sent++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(client.blocked).toBe(true);
    expect(socket.writableLength).toBeLessThan(256 * 1024);
    const writable = new Promise<void>((resolve) => client.onWritable(resolve));
    (server.port as Socket).resume();
    await writable;
    expect(client.blocked).toBe(false);
    client.close();
  });

  it("what waits for a slow reader arrives as it was sent", async () => {
    const served = await open();
    const { client } = served.dial();
    const server = await served.next();
    (server.port as Socket).pause();
    await new Promise<void>((resolve) => (client.blocked ? client.onWritable(resolve) : resolve()));
    const codec = lengthFramed();
    const [out, into] = [codec.open(), codec.open()];
    for (let fill = 0; fill < 250; fill++) client.send(out.encode([codec.attach?.(new Uint8Array(60_000).fill(fill))]));
    let arrived = 0;
    const wrong: number[] = [];
    const whole = new Promise<void>((resolve) =>
      server.receive((data) => {
        for (const [list] of into.decode(data) as [Uint8Array][]) {
          if (Buffer.compare(list, new Uint8Array(60_000).fill(arrived)) !== 0) wrong.push(arrived);
          if (++arrived === 250) resolve();
        }
      }),
    );
    (server.port as Socket).resume();
    await whole;
    expect(wrong).toEqual([]);
    client.close();
  });
});

describe("ownership", () => {
  it("a socket that was passed stays open, paused, for whoever reads next", async () => {
    const served = await serve();
    const socket = connectTo(served.place as { port: number });
    const client = socketTransport(socket);
    client.close();
    const server = await served.next();
    server.send(text("for you"));
    const [data] = await new Promise<[Buffer]>((resolve) => socket.once("data", (chunk) => resolve([chunk])).resume());
    expect(String(data)).toBe("for you");
    expect(socket.destroyed).toBe(false);
    socket.destroy();
    await server.closed;
  });

  it.each(["hangs up", "resets"])(
    "a peer that asks for much and %s raises no error on a socket of yours that nobody hears",
    async (how) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const far = connectTo((server.address() as { port: number }).port);
      const [socket] = (await once(server, "connection")) as [Socket];
      const raised = once(socket, errorMonitor).then(() => socket.listenerCount("error"));
      const transport = socketTransport(socket);
      transport.send(new Uint8Array(8_000_000));
      await once(far, "readable");
      far.end();
      expect((await transport.closed).message).toBe("the other end closed the connection");
      if (how === "resets") far.resetAndDestroy();
      else far.destroy();
      expect(await raised).toBeGreaterThan(0);
      await gone(socket);
      expect(socket.listenerCount("data") + socket.listenerCount("drain")).toBe(0);
      await new Promise((resolve) => server.close(resolve));
    },
  );

  it("what was sent before the close leaves a socket of yours, and then nothing of ours is left", async () => {
    const served = await serve();
    const socket = connectTo(served.place as { port: number });
    const own = socket.listenerCount("error");
    const client = socketTransport(socket);
    const server = await served.next();
    client.send(new Uint8Array(4_000_000));
    client.close();
    expect(socket.listenerCount("error")).toBe(own + 1);
    expect((await bytes(server, 4_000_000)).length).toBe(4_000_000);
    await new Promise<void>((resolve) => socket.write(text("."), () => resolve()));
    expect(socket.listenerCount("error")).toBe(own);
    socket.destroy();
    await server.closed;
  });

  it("a text message is refused where bytes belong, and the transport lives on", async () => {
    const served = await serve();
    const { client } = served.dial();
    expect(() => client.send("text")).toThrow(/expected bytes/);
    client.send(text("ok"));
    expect(String(await bytes(await served.next(), 2))).toBe("ok");
    client.close();
  });
});

describe("listening", () => {
  it("ready rejects on a taken port and on a path where somebody listens", async () => {
    const path = freshPath();
    for (const served of [await serve(), await serve({ path })]) {
      const reports: unknown[] = [];
      const second = socketListener(served.place);
      second.accept(unexpected, (error) => reports.push(error));
      await expect(second.ready).rejects.toMatchObject({ code: "EADDRINUSE" });
      expect(reports).toEqual([expect.objectContaining({ code: "EADDRINUSE" })]);
      await second.close();
    }
  });

  it("TLS connections arrive once they are secure", async () => {
    // A shared key needs no certificate.
    const suite = { ciphers: "PSK+HIGH", minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const;
    const psk = Buffer.alloc(32, 7);
    const server = createSecureServer({ ...suite, pskCallback: () => psk });
    const listener = socketListener({ server });
    const arrived = new Promise<Transport>((resolve) => listener.accept(resolve, unexpected));
    server.listen(0, "127.0.0.1");
    await listener.ready;
    const { port } = listener.address as { port: number };
    const client = socketTransport(() =>
      connectSecurely({
        ...suite,
        port,
        host: "127.0.0.1",
        pskCallback: () => ({ psk, identity: "ada" }),
        checkServerIdentity: () => undefined,
      }),
    );
    client.send(text("sealed"));
    const far = await arrived;
    expect(String(await bytes(far, 6))).toBe("sealed");
    expect((far.port as TLSSocket).encrypted).toBe(true);
    client.close();
    await far.closed;
    await listener.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("a server of yours is used and left running", async () => {
    const server = createServer();
    const listener = socketListener({ server });
    const arrived = new Promise<Socket>((resolve) =>
      listener.accept(({ port }) => resolve(port as Socket), unexpected),
    );
    server.listen(0, "127.0.0.1");
    await listener.ready;
    const { port } = listener.address as { port: number };
    const client = socketTransport(() => connectTo(port));
    await arrived;
    await listener.close();
    expect(server.listening).toBe(true);
    expect(server.listenerCount("connection") + server.listenerCount("error")).toBe(0);
    client.close();
    (await arrived).destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});

/** Nobody is refused in these tests. */
function unexpected(error: unknown): never {
  throw error;
}
