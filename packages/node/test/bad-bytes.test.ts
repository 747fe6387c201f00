import { randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { type Codec, ndjson, openSession } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { lengthFramed, socketTransport } from "../src/index.ts";
import type { Api } from "./support/api.ts";
import { gone } from "./support/ends.ts";
import { serve } from "./support/socket-service.ts";
import { within } from "./support/within.ts";

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

/** Writes until the connection ends. */
function flood(socket: Socket, bytes: string | Uint8Array): void {
  const more = () => {
    while (!socket.destroyed && socket.write(bytes));
    if (!socket.destroyed) socket.once("drain", more);
  };
  more();
}
