import { describe, expect, it } from "vitest";
import {
  ByteQueue,
  defineTransport,
  giveBack,
  lengthFramed,
  openSession,
  type Transport,
  type TransportEvents,
} from "../src/index.ts";
import { type Loose, open, promised, recorded } from "./sessions.ts";

const codec = lengthFramed();
const sides = { client: { codec }, server: { codec } };
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A client and a server in the binary form, and all that passed between them. */
function binary(api: unknown, traits = {}) {
  let record: ReturnType<typeof recorded> | undefined;
  const pair = open(api, {
    ...sides,
    traits: { carries: "bytes", trusted: false, ...traits },
    around: (it) => {
      record = recorded(it);
      return record;
    },
  });
  return { ...pair, wire: () => [...(record?.out ?? []), ...(record?.in ?? [])] as Uint8Array[] };
}

const echo = { echo: (value: unknown) => value };

describe("the binary form", () => {
  it("R-31 R-32 R-33 carries typed arrays, at any depth, as raw bytes beside the text", async () => {
    const pair = binary({ ...echo, each: async (list: unknown[], see: (x: unknown) => unknown) => see(list[0]) });
    const value = {
      deep: [{ bytes: Uint8Array.of(1, 2, 250), doubles: new Float64Array([1.5, -0]) }],
      buffer: new ArrayBuffer(3),
      view: new DataView(new ArrayBuffer(9), 1, 2),
      none: new Uint8Array(0),
      map: new Map([["k", Int16Array.of(-1)]]),
      text: "⛵",
    };
    expect(await pair.remote.echo(value)).toEqual(value);
    const seen: unknown[] = [];
    await pair.remote.each([Uint8Array.of(9)], (it: unknown) => void seen.push(it));
    expect(seen).toEqual([Uint8Array.of(9)]);
    const large = new Uint8Array(100_000).fill(171);
    expect(await pair.remote.echo(large)).toEqual(large);
    // Neither base64 nor anything else of its size: the bytes themselves, and a little around them.
    const longest = Math.max(...pair.wire().map(({ length }) => length));
    expect(longest).toBeGreaterThan(100_000);
    expect(longest).toBeLessThan(100_200);
    await pair.done();
  });

  it("what arrives is its receiver's alone: exactly its own bytes", async () => {
    const pair = binary(echo);
    const pooled = Buffer.from("secretpublic").subarray(6);
    const arrived = await pair.remote.echo([pooled, pooled.subarray()]);
    for (const bytes of arrived) {
      expect(bytes).toEqual(new Uint8Array(bytesOf("public")));
      expect(bytes.buffer.byteLength).toBe(6);
    }
    expect(arrived[0].buffer).not.toBe(arrived[1].buffer);
    await pair.done();
  });

  it("R-35 R-39 large ones go in pieces, put together without another copy in text", async () => {
    const pair = binary(echo, { maxMessage: 1000 });
    const value = { bytes: new Uint8Array(50_000).map((_, index) => index), text: "x".repeat(5000) };
    expect(await pair.remote.echo(value)).toEqual(value);
    const sizes = pair.wire().map(({ length }) => length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(2 * 60_000);
    await pair.done();
  });

  it("bytes ride in streams, in both directions, and in errors", async () => {
    const pair = binary({
      async *back(pieces: AsyncIterable<Uint8Array>) {
        for await (const piece of pieces) yield piece;
      },
    });
    async function* pieces() {
      yield Uint8Array.of(1);
      yield new Uint8Array(70_000);
    }
    const lengths: number[] = [];
    for await (const piece of pair.remote.back(pieces())) lengths.push((piece as Uint8Array).length);
    expect(lengths).toEqual([1, 70_000]);
    await pair.done();
  });

  it("a value of its own is captured when it is handed over", async () => {
    const pair = binary(echo);
    const bytes = Uint8Array.of(1);
    const echoed = promised((pair.remote as Loose).echo(bytes));
    bytes[0] = 2;
    expect(await echoed).toEqual(Uint8Array.of(1));
    await pair.done();
  });

  it("a user's text is never taken for bytes, whatever it says", async () => {
    const session = codec.open();
    const frame = session.encode([codec.attach?.(Uint8Array.of(7)), "0"]) as Uint8Array;
    const tag = Buffer.from(frame.subarray(5, 21)).toString();
    const other = codec.open();
    // Another session's tag is another one, and a name counts once.
    const reused = codec.open().encode([codec.attach?.(Uint8Array.of(7)), `${tag}0`]) as Uint8Array;
    expect(other.decode(frame)).toEqual([[Uint8Array.of(7), "0"]]);
    expect(other.decode(reused)).toEqual([[Uint8Array.of(7), `${tag}0`]]);
  });

  it("one buffer named many times is one buffer", () => {
    const tag = "t".repeat(16);
    const text = bytesOf(JSON.stringify([`${tag}0`, `${tag}0`, `${tag}1`, `${tag}-1`, `${tag}x`]));
    const body = [1, ...bytesOf(tag), 0, 0, 0, 1, 0, 0, 0, 2, 5, 6, ...text];
    expect(codec.open().decode(Uint8Array.of(0, 0, 0, body.length, ...body))).toEqual([
      [Uint8Array.of(5, 6), `${tag}0`, `${tag}1`, `${tag}-1`, `${tag}x`],
    ]);
  });

  it("it comes together from any pieces, and cuts none in two", () => {
    const session = codec.open();
    const frames = [
      [1, "⛵"],
      [codec.attach?.(new Uint8Array(700).fill(3)), "b"],
      [17, 1, 0, Uint8Array.of(1, 2)],
    ];
    const wire = new Uint8Array(Buffer.concat(frames.flatMap((frame) => session.encode(frame) as Uint8Array)));
    const expected = [
      [1, "⛵"],
      [new Uint8Array(700).fill(3), "b"],
      [17, 1, 0, Uint8Array.of(1, 2)],
    ];
    for (const size of [1, 2, 3, 7, 511, 513, wire.length]) {
      const into = codec.open();
      const got: unknown[] = [];
      for (let at = 0; at < wire.length; at += size) got.push(...into.decode(wire.subarray(at, at + size)));
      expect(got).toEqual(expected);
    }
  });

  it("a large array is put together while it comes, in whatever pieces, and is its receiver's alone", () => {
    const bytes = new Uint8Array(100_000).map((_, index) => index * 7);
    const after = new Uint8Array(50_000).fill(9);
    const from = codec.open();
    const frames = [[1, codec.attach?.(bytes), "b"], [codec.attach?.(after)], ["end"]];
    const wire = new Uint8Array(Buffer.concat(frames.flatMap((frame) => from.encode(frame) as Uint8Array)));
    for (const size of [28, 29, 30, 4000, 16_384, 65_536, 99_999, 100_029, 100_040, 149_000]) {
      const into = codec.open();
      const got: unknown[][] = [];
      for (let at = 0; at < wire.length; at += size)
        got.push(...(into.decode(wire.slice(at, at + size)) as unknown[][]));
      const [[one, arrived, b], [second], end] = got as [[number, Uint8Array, string], [Uint8Array], unknown];
      expect([one, b, end]).toEqual([1, "b", ["end"]]);
      expect([Buffer.compare(arrived, bytes), Buffer.compare(second, after)]).toEqual([0, 0]);
      if (size < 100_000) expect(arrived.buffer.byteLength).toBe(bytes.length);
    }
  });

  it("what is given back is written in again, and what is not stays as it is", () => {
    const bytes = (fill: number) => new Uint8Array(64 * 1024).fill(fill);
    const [one, other] = [codec.open(), codec.open()];
    const first = one.encode([1, codec.attach?.(bytes(1))]) as Uint8Array;
    const kept = one.encode([2, codec.attach?.(bytes(2))]) as Uint8Array;
    giveBack(first);
    giveBack(first);
    const third = other.encode([3, codec.attach?.(bytes(3))]) as Uint8Array;
    const fourth = other.encode([4, codec.attach?.(bytes(4).subarray(9))]) as Uint8Array;
    expect([third.buffer === first.buffer, fourth.buffer === third.buffer]).toEqual([true, false]);
    for (const [index, frame] of [kept, third, fourth].entries()) {
      const [[id, arrived]] = codec.open().decode(frame) as [[number, Uint8Array]];
      expect([id, arrived.every((byte) => byte === id)]).toEqual([index + 2, true]);
    }
    for (const message of ["text", undefined, {}, bytes(1)]) giveBack(message);
  });

  it("what leaves in pieces is written in again once the last of them has left, and not before", async () => {
    const rooms: ArrayBufferLike[] = [];
    let left = (piece: Uint8Array): void => giveBack(piece);
    const ends: TransportEvents[] = [];
    const end = (at: 0 | 1): Transport =>
      defineTransport({
        traits: { carries: "bytes", maxMessage: 32 * 1024 },
        codec: lengthFramed(),
        open(events) {
          ends[at] = events;
          return {
            send(message) {
              const bytes = message as Uint8Array;
              ends[1 - at]?.message(bytes.slice());
              if (at === 0 && bytes.length > 16 * 1024) rooms.push(bytes.buffer);
              left(bytes);
            },
            close() {},
          };
        },
      });
    const near = openSession<{ sum(bytes: Uint8Array): number }>(end(0));
    const far = openSession(end(1), {
      expose: { sum: (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum + byte, 0) },
    });
    await near.ready;
    const sent = (fill: number) => near.remote.sum(new Uint8Array(120_000).fill(fill));
    expect([await sent(1), await sent(2)]).toEqual([120_000, 240_000]);
    expect(new Set(rooms).size).toBe(1);
    left = () => {};
    expect([await sent(3), await sent(4)]).toEqual([360_000, 480_000]);
    expect(new Set(rooms).size).toBe(2);
    await near.close();
    expect([near.stats().outbox, far.stats().handlers.running]).toEqual([{ messages: 0, bytes: 0 }, 0]);
  });

  it("of what stood in a room before nothing goes along, on carriers that copy all of it", () => {
    const secret = codec.open().encode([codec.attach?.(new Uint8Array(100_000).fill(115))]) as Uint8Array;
    giveBack(secret);
    const frame = codec.open().encode([codec.attach?.(new Uint8Array(60_000))]) as Uint8Array;
    expect(frame.buffer).toBe(secret.buffer);
    expect(new Uint8Array(frame.buffer).subarray(frame.length).every((byte) => byte === 0)).toBe(true);
  });

  it("an array that is announced and does not come costs next to nothing", () => {
    const queue = new ByteQueue();
    queue.push(new Uint8Array(1100));
    const before = process.memoryUsage().arrayBuffers;
    queue.gather(100, 100 * 1024 * 1024);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
    expect(queue.take(1100)).toEqual(new Uint8Array(1100));
    expect(queue.length).toBe(0);
  });

  it("F-09 wrong lengths, heads and counts are a protocol error; too long ones are refused before they are collected", () => {
    const tag = [...bytesOf("t".repeat(16))];
    const bad = [
      [0],
      [0, 200],
      [0, 1, 91],
      [0, 2, 49, 50],
      [1],
      [1, ...tag, 0, 0, 0],
      [1, ...tag, 255, 255, 255, 255],
      [1, ...tag, 0, 0, 0, 1, 0, 0, 0, 9, 1],
      [1, ...tag, 0, 0, 0, 1, 0, 0, 0, 1, 1],
      [],
      [123],
    ];
    for (const body of bad) {
      expect(() => codec.open().decode(Uint8Array.of(0, 0, 0, body.length, ...body))).toThrow(
        expect.objectContaining({ code: "PROTOCOL_ERROR" }),
      );
    }
    const limited = codec.open({ maxBuffer: 10 });
    expect(() => limited.decode(Uint8Array.of(0, 0, 0, 11))).toThrow(
      expect.objectContaining({ code: "RESOURCE_EXHAUSTED" }),
    );
    expect(() => codec.open().decode("text")).toThrow(/expected bytes, got string/);
  });

  it("lines that a program prints between frames are heard and skipped", () => {
    const strays: string[] = [];
    const noisy = lengthFramed({ onStray: (line) => void strays.push(line) });
    const session = noisy.open();
    const frame = session.encode([1]) as Uint8Array;
    const wire = Buffer.concat([
      bytesOf("hello\n\n"),
      frame,
      frame,
      bytesOf("no end"),
      frame,
      bytesOf("Progress: 5 %\r\n"),
      frame,
    ]);
    for (const size of [1, wire.length]) {
      strays.length = 0;
      const into = noisy.open();
      const got: unknown[] = [];
      for (let at = 0; at < wire.length; at += size) got.push(...into.decode(wire.subarray(at, at + size)));
      expect(got).toEqual([[1], [1], [1], [1]]);
      expect(strays).toEqual(["hello", "no end", "Progress: 5 %"]);
    }
    expect(() => noisy.open().decode(new Uint8Array(70_000).fill(65))).toThrow(/a line of more than/);
    expect(() => codec.open().decode(bytesOf("hello\n"))).toThrow(/got "hell": do both sides use the same codec/);
  });

  it("a frame of 200 000 bytes that comes one by one costs about what it holds", () => {
    const session = codec.open({ maxBuffer: 2_000_000 });
    session.decode(Uint8Array.of(0, 3, 13, 64));
    const piece = Uint8Array.of(32);
    const before = process.memoryUsage();
    for (let sent = 0; sent < 199_998; sent++) session.decode(piece);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2 ** 20);
    expect(session.decode(bytesOf("[]"))).toEqual([[]]);
  });
});

describe("empty bytes", () => {
  it("have a buffer of their own, so that moving one leaves the next as it is", () => {
    const bytes = new ByteQueue();
    const first = bytes.take(0);
    structuredClone(first, { transfer: [first.buffer as ArrayBuffer] });
    expect(new Uint8Array(bytes.take(0).buffer)).toHaveLength(0);
  });
});
