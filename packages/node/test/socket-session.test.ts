import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { type Codec, json, ndjson, openSession, RpcError, type Session, type SessionOptions } from "@portolan/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { lengthFramed, socketListener, socketTransport } from "../src/index.ts";
import type { Api } from "./support/api.ts";
import { gone } from "./support/ends.ts";
import { fixture, socketPath } from "./support/places.ts";
import { within } from "./support/within.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const api = {
  add: (a: number, b: number) => a + b,
  echo: (value: unknown) => value,
  never: () => new Promise(() => {}),
  async *count(to: number) {
    for (let i = 0; i < to; i++) yield i;
  },
  async *endless() {
    for (;;) yield "x".repeat(10_000);
  },
};

interface Service {
  readonly place: { readonly port: number } | { readonly path: string };
  readonly sessions: Session[];
  dial(options?: SessionOptions): Session<Api & { endless(): Promise<AsyncIterable<string>> }>;
  /** A connection made by hand. */
  raw(): Socket;
}

async function serve(kind: "tcp" | "unix", options: SessionOptions = {}): Promise<Service> {
  const { path, remove } = socketPath();
  const listener = socketListener(kind === "unix" ? { path } : { port: 0 });
  const sessions: Session[] = [];
  listener.accept((transport) => {
    sessions.push(openSession(transport, { expose: api, onError: () => {}, ...options }));
  }, unexpected);
  await listener.ready;
  const place = kind === "unix" ? { path } : (listener.address as { port: number });
  const raw = () => {
    const socket = "path" in place ? connect(place.path) : connect(place.port, "127.0.0.1");
    return socket.on("error", () => {});
  };
  cleanups.push(async () => {
    await listener.close();
    await Promise.all(sessions.map((session) => session.close()));
    remove();
  });
  return {
    place,
    sessions,
    raw,
    dial(own = {}) {
      const session = openSession<Api & { endless(): Promise<AsyncIterable<string>> }>(socketTransport(raw), {
        ...(options.codec && { codec: options.codec }),
        ...own,
      });
      cleanups.push(() => session.close());
      return session;
    },
  };
}

describe.each<["tcp" | "unix", Codec]>([
  ["tcp", ndjson()],
  ["tcp", lengthFramed()],
  ["unix", ndjson()],
  ["unix", lengthFramed()],
])("a session over %s", (kind, codec) => {
  it(`F-16 F-30 ${codec.name}: values, streams and large messages cross, small calls pass beside them`, async () => {
    const service = await serve(kind, { codec, limits: { message: 32 * 1024 * 1024 } });
    const { remote, stats } = Object.assign(service.dial({ limits: { message: 32 * 1024 * 1024 } }));
    const value = {
      big: 10n ** 30n,
      map: new Map([["a", new Date(0)]]),
      bytes: new Uint8Array([1, 2]),
      text: 'ü\n\\"',
    };
    expect(await remote.echo(value)).toEqual(value);
    const items: number[] = [];
    for await (const item of await remote.count(500)) items.push(item);
    expect(items).toHaveLength(500);
    const large = randomBytes(3_000_000);
    const order: string[] = [];
    const [echoed] = await Promise.all([
      remote.echo(new Uint8Array(large)).then((bytes: Uint8Array) => {
        order.push("large");
        return bytes;
      }),
      remote.add(1, 1).then(() => order.push("small")),
    ]);
    expect(Buffer.compare(Buffer.from(echoed), large)).toBe(0);
    expect(order).toContain("small");
    expect(typeof stats).toBe("function");
  });
});

describe("wrong pairings", () => {
  it("F-30 an unframed codec on a byte stream is refused when the session is opened", async () => {
    const service = await serve("tcp");
    const transport = socketTransport(service.raw);
    expect(() => openSession(transport, { codec: json() })).toThrow(/cannot find its messages in a stream of bytes/);
    transport.close();
  });

  it("F-31 two ends with different codecs find out at once, with a typed end on both", async () => {
    const service = await serve("tcp", { codec: lengthFramed() });
    const session = service.dial({ codec: ndjson() });
    const failed: unknown = await session.remote.add(1, 1).catch((error: unknown) => error);
    expect(failed).toSatisfy(RpcError.is);
    expect(["PROTOCOL_ERROR", "RESOURCE_EXHAUSTED", "UNAVAILABLE", "FAILED_PRECONDITION"]).toContain(
      (await session.closed).code,
    );
    expect(["PROTOCOL_ERROR", "RESOURCE_EXHAUSTED"]).toContain((await service.sessions[0]!.closed).code);
  });

  it("F5 a peer that speaks another protocol, or says nothing, ends a call with a typed error", async () => {
    for (const greeting of [
      "SSH-2.0-OpenSSH_9.2\r\n",
      "220 mail.example ESMTP\r\n",
      '{"jsonrpc":"2.0"}\n',
      "[]\n",
      "null\n",
    ]) {
      const stranger = createServer(
        (socket) =>
          void socket
            .on("error", () => {})
            .resume()
            .end(greeting),
      );
      await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
      const { port } = stranger.address() as { port: number };
      const session = openSession<Api>(socketTransport(() => connect(port, "127.0.0.1")));
      const failed: unknown = await session.remote.add(1, 1).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: expect.stringMatching(/PROTOCOL_ERROR|UNAVAILABLE/) });
      await new Promise((resolve) => stranger.close(resolve));
    }
  });

  it("F9 a server that accepts and says nothing is given up after the handshake's time", async () => {
    const silent = createServer((socket) => void socket.on("error", () => {}).resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const session = openSession<Api>(
      socketTransport(() => connect(port, "127.0.0.1")),
      { limits: { handshake: 100 } },
    );
    const started = performance.now();
    const failed: unknown = await session.remote.add(1, 1).catch((error: unknown) => error);
    expect(failed).toSatisfy(RpcError.is);
    expect(performance.now() - started).toBeLessThan(within(1_000));
    await new Promise((resolve) => silent.close(resolve));
  });
});

/** A frame of the length-framed form. */
function framed(body: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
const pieceHead = Buffer.from("[17,1,0]");
const piece = framed(Buffer.concat([Buffer.of(0, pieceHead.length), pieceHead, Buffer.of(120)]));

describe("bad bytes", () => {
  const framings: readonly [Codec, (text: string) => Uint8Array][] = [
    [ndjson(), (text) => Buffer.from(`${text}\n`)],
    [lengthFramed(), framed],
  ];
  /** What each sends, and whether it goes on for ever. */
  const attacks: [string, (frame: (text: string) => Uint8Array) => string | Uint8Array, endless?: true][] = [
    ["random bytes", () => Buffer.concat([Buffer.of(255), randomBytes(100_000)])],
    ["a message that never ends", () => "x".repeat(65_536), true],
    ["an array that never ends", () => "[[".repeat(32_768), true],
    ["deep nesting", (frame) => frame(`${"[".repeat(300_000)}${"]".repeat(300_000)}`)],
    ["1e6 empty objects in 4 MiB", (frame) => frame(`[1,1,0,["add"],[${"{},".repeat(1_000_000)}{}]]`)],
    ["numbers that are no messages", (frame) => Buffer.concat(["1", "2", "3"].map(frame))],
    [
      "a call before hello with a foreign target",
      (frame) => Buffer.concat(['[1,1,99,["add"],[1,2]]', "[0]"].map(frame)),
    ],
    ["hello of another world", (frame) => frame('[0,"x",{}]')],
    ["fragments that never end", (frame) => frame(`[17,1,0,"${"x".repeat(60_000)}"]`), true],
    ["fragments of one character", (frame) => Buffer.concat(Array(4096).fill(frame('[17,1,0,"x"]'))), true],
    ["pieces of one byte", () => Buffer.concat(Array(4096).fill(piece)), true],
  ];
  const cases = framings.flatMap(([codec, frame]) =>
    attacks.map(([what, attack, endless]) => [what, codec, attack(frame), endless] as const),
  );
  it.each(cases)(
    "F13 %s ends that connection in bounded memory and time, its neighbours unharmed",
    async (_what, codec, bytes, endless) => {
      const service = await serve("tcp", { codec, limits: { message: (endless ? 1 : 4) * 1024 * 1024 } });
      const neighbour = service.dial({ codec });
      expect(await neighbour.remote.add(1, 1)).toBe(2);
      const socket = service.raw();
      socket.resume();
      await new Promise<void>((resolve) => socket.once("connect", resolve));
      const before = process.memoryUsage().rss;
      if (endless) flood(socket, bytes);
      else socket.write(bytes);
      await gone(socket);
      expect(process.memoryUsage().rss - before).toBeLessThan(within(96, 3) * 1024 * 1024);
      const { code } = await service.sessions[1]!.closed;
      expect(["PROTOCOL_ERROR", "RESOURCE_EXHAUSTED", "VERSION_MISMATCH"]).toContain(code);
      expect(await neighbour.remote.add(2, 2)).toBe(4);
    },
  );

  it("wrong lengths and huge lengths in length-framed streams end it before anything is collected", async () => {
    const service = await serve("tcp", { codec: lengthFramed(), limits: { message: 1024 * 1024 } });
    const attacks = [
      Uint8Array.of(255, 255, 255, 255),
      Uint8Array.of(0, 16, 0, 1, 91),
      Uint8Array.of(0, 0, 0, 0),
      Uint8Array.of(0, 0, 0, 1, 0),
      Uint8Array.of(0, 0, 0, 3, 0, 200, 1),
      Uint8Array.of(0, 0, 0, 2, 91, 91),
    ];
    for (const bytes of attacks) {
      const socket = service.raw().resume();
      socket.write(bytes);
      await gone(socket);
      expect(["PROTOCOL_ERROR", "RESOURCE_EXHAUSTED"]).toContain((await service.sessions.at(-1)!.closed).code);
    }
  });

  it("F13 a frame that is cut off by the end of the connection is dropped", async () => {
    const service = await serve("tcp");
    const socket = service.raw().resume();
    socket.end(Uint8Array.of(0, 0, 0, 50, 91, 48));
    await gone(socket);
    expect((await service.sessions[0]!.closed).code).toBe("UNAVAILABLE");
    expect(service.sessions[0]!.stats()).toMatchObject({ calls: { open: 0 } });
  });

  it("one byte at a time is as good as all at once", async () => {
    for (const codec of [ndjson(), lengthFramed()]) {
      const service = await serve("tcp", { codec });
      const proxy = createServer((near) => {
        const far = service.raw();
        near.setNoDelay(true);
        far.pipe(near);
        near.on("data", (chunk) => {
          for (const byte of chunk) far.write(Uint8Array.of(byte));
        });
        near.on("close", () => far.destroy()).on("error", () => {});
      });
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
      const { port } = proxy.address() as { port: number };
      const session = openSession<Api>(
        socketTransport(() => connect(port, "127.0.0.1")),
        { codec },
      );
      expect(await session.remote.echo({ a: ["ü", 1n] })).toEqual({ a: ["ü", 1n] });
      await session.close();
      await new Promise((resolve) => proxy.close(resolve));
    }
  });
});

describe("servers that die", () => {
  async function startServer(place: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, [fixture("socket-server.mjs"), place], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    cleanups.push(async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once("exit", resolve));
    });
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    return child;
  }

  it("F4 a killed one ends calls in flight, and its Unix socket is replaced by the next one", async () => {
    const { path, remove } = socketPath();
    cleanups.push(remove);
    const first = await startServer(path);
    const session = openSession<Api>(socketTransport(() => connect(path)));
    await session.remote.add(1, 1);
    const pending = session.remote.never().catch((error: unknown) => error);
    const started = performance.now();
    first.kill("SIGKILL");
    expect(await pending).toMatchObject({ code: "UNAVAILABLE", delivered: "unknown" });
    expect(performance.now() - started).toBeLessThan(within(1_000));
    await startServer(path);
    const again = openSession<Api>(socketTransport(() => connect(path)));
    expect(await again.remote.add(1, 1)).toBe(2);
    await again.close();
  });

  it("F9 a stopped one is found within interval plus timeout", async () => {
    const { path, remove } = socketPath();
    cleanups.push(remove);
    const server = await startServer(path);
    // Long enough that a server which is only kept waiting is not taken for a dead one.
    const heartbeat = { interval: 500, timeout: 500 };
    const session = openSession<Api>(
      socketTransport(() => connect(path)),
      { heartbeat },
    );
    await session.remote.add(1, 1);
    const pending = session.remote.never().catch((error: unknown) => error);
    server.kill("SIGSTOP");
    const started = performance.now();
    expect(await pending).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("silent") });
    expect(performance.now() - started).toBeLessThan(within(heartbeat.interval + heartbeat.timeout + 500));
  });

  it("F15 a slow reader of a stream costs no more than its window, and small calls pass beside it", async () => {
    const service = await serve("tcp");
    const session = service.dial();
    const endless = await session.remote.endless();
    const reader = endless[Symbol.asyncIterator]();
    await reader.next();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 200; i++) await session.remote.add(i, i);
    expect(process.memoryUsage().rss - before).toBeLessThan(within(32, 4) * 1024 * 1024);
    await reader.return?.();
    expect(await session.remote.add(1, 1)).toBe(2);
  });
});

/** Writes until the connection ends. */
function flood(socket: Socket, bytes: string | Uint8Array): void {
  const more = () => {
    while (!socket.destroyed && socket.write(bytes));
    if (!socket.destroyed) socket.once("drain", more);
  };
  more();
}

/** Nobody is refused in these tests. */
function unexpected(error: unknown): never {
  throw error;
}
