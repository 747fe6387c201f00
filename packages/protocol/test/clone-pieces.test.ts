import { describe, expect, it, vi } from "vitest";
import { cloneInPieces, defineTransport, type Traits, type Transport } from "../src/index.ts";
import { expectNothing, hostile, type Loose, open, promised, recorded, turns } from "./sessions.ts";

const codec = cloneInPieces();
const sides = { client: { codec }, server: { codec } };

/** A pair whose messages are limited, and what its client sent and got. */
function narrow(api: unknown, traits: Partial<Traits>, around = (transport: Transport) => transport) {
  let record: ReturnType<typeof recorded> | undefined;
  const pair = open(api, {
    ...sides,
    traits: { maxMessage: 2000, moves: "none", ...traits },
    around: (it) => {
      record = recorded(around(it));
      return record;
    },
  });
  return { ...pair, messages: () => [...(record?.out ?? []), ...(record?.in ?? [])] };
}

const rich = {
  text: '⛵"\\'.repeat(2000),
  at: new Date(5),
  big: 2n ** 70n,
  map: new Map([[NaN, new Set([undefined, -0])]]),
  bytes: new Uint8Array(3000).map((_, index) => index),
  doubles: new Float64Array([1.5, -2.5]),
};

describe("on a carrier of objects that limits its messages", () => {
  it.each([
    ["clone", true],
    ["clone", false],
    ["json", true],
    ["json", false],
  ] as const)(
    "a larger one travels in fragments, and arrives as it was (%s, trusted: %s)",
    async (carries, trusted) => {
      const pair = narrow({ echo: (value: unknown) => value }, { carries, trusted });
      expect(await pair.remote.echo(rich)).toEqual(rich);
      const sizes = pair.messages().map(sizeOf);
      expect(Math.max(...sizes)).toBeLessThan(2 * 2000);
      expect(sizes.length).toBeGreaterThan(10);
      await pair.done();
    },
  );

  it("its bytes go as they are where the carrier clones, each message with no more of a buffer than it needs", async () => {
    const pair = narrow({ swap: ({ a, b, c }: Record<string, unknown>) => ({ b, a, c }) }, {});
    const shared = new Uint8Array(5000).map((_, index) => index * 7);
    const sent = {
      a: shared,
      b: [new Float32Array(100).fill(0.5), shared, new ArrayBuffer(0)],
      c: new DataView(shared.buffer),
    };
    const back = (await pair.remote.swap(sent)) as typeof sent;
    expect(back).toEqual(sent);
    expect(back.b[1]).toBe(back.a);
    expect(shared.byteLength).toBe(5000);
    const bytes = pair.messages().flatMap((message) => {
      const chunk = (message as readonly unknown[])[3];
      return chunk instanceof Uint8Array ? [chunk.buffer.byteLength] : [];
    });
    expect(Math.max(...bytes)).toBeLessThanOrEqual(2000);
    expect(bytes.reduce((sum, length) => sum + length, 0)).toBe(2 * (5000 + 400 + 5000));
    expect(pair.messages().some((message) => /[A-Za-z0-9+/]{200}/.test(JSON.stringify(message)))).toBe(false);
    await pair.done();
  });

  it.each([
    ["bytes that no text speaks of", ["[[1],null,[]]", new Uint8Array(5)]],
    ["bytes without a text", [new Uint8Array(5)]],
    ["lengths that are no lengths", ['[[1],null,["5"]]', new Uint8Array(5)]],
    ["lengths beyond what came", ['[[1,1,0,[],[null]],[[6,[4,0],"Uint8Array"]],[1e9]]', new Uint8Array(5)]],
    ["negative lengths", ["[[1],null,[-5,10]]", new Uint8Array(5)]],
    ["fewer bytes than the table names", ['[[1,1,0,[],[null]],[[6,[4,0],"Uint8Array"]],[]]']],
    ["a place that is none", ['[[1,1,0,[],[null]],[[6,[4,"constructor"],"Uint8Array"]],[5]]', new Uint8Array(5)]],
    ["a reference in the table of the frame", ["[[1,1,0,[],[null]],[[16,[4,0],1]],[]]"]],
    ["no text at all", ["nonsense"]],
  ] as const)("pieces of a stranger with %s end its session, and nothing else", async (_what, chunks) => {
    const ran = vi.fn();
    const peer = hostile(ran, { codec, limits: { message: 10_000 } }, { traits: { trusted: false, maxMessage: 2000 } });
    await turns();
    for (const [index, chunk] of chunks.entries()) peer.send([17, 1, index + 1 === chunks.length ? 1 : 0, chunk]);
    await turns();
    expect(peer.session.ended?.code).toMatch(/PROTOCOL_ERROR|INVALID_ARGUMENT/);
    expect(ran).not.toHaveBeenCalled();
    expectNothing(peer.session);
  });

  it("a list of many small things crosses", async () => {
    const pair = narrow({ last: (list: unknown[], map: Map<unknown, unknown>) => [list.at(-1), map.size] }, {});
    const many = Array.from({ length: 200_000 }, (_, index) => index);
    expect(await pair.remote.last(many, new Map(many.map((one) => [one, one])))).toEqual([199_999, 200_000]);
    await pair.done();
  });

  it("cycles, callbacks and streams ride in it", async () => {
    const pair = narrow(
      {
        async each(
          items: AsyncIterable<string>,
          cycle: { self: unknown; pad: string },
          seen: (length: number) => void,
        ) {
          for await (const item of items) await seen(item.length);
          return cycle.self === cycle;
        },
      },
      {},
    );
    const cycle: { self?: unknown; pad: string } = { pad: "x".repeat(3000) };
    cycle.self = cycle;
    async function* items() {
      yield "a".repeat(5000);
      yield "b";
    }
    const lengths: number[] = [];
    expect(await pair.remote.each(items(), cycle, (length: number) => void lengths.push(length))).toBe(true);
    expect(lengths).toEqual([5000, 1]);
    await pair.done();
  });

  it("small ones go as they are, and speak to a side without the codec", async () => {
    const pair = open({ echo: (value: unknown) => value }, { client: { codec }, traits: { maxMessage: 2000 } });
    expect(await pair.remote.echo(new Date(7))).toEqual(new Date(7));
    await pair.done();
  });

  it("what only the platform's clone takes is refused, and the session lives", async () => {
    const pair = narrow({ echo: (value: unknown) => value }, {});
    const blob = { blob: new Blob(["x"]), pad: "x".repeat(3000) };
    await expect(promised(pair.remote.echo(blob))).rejects.toMatchObject({ code: "INVALID_ARGUMENT", delivered: "no" });
    expect(await pair.remote.echo(1)).toBe(1);
    await pair.done();
  });

  it("one beyond what the peer accepts is refused before any of it is sent", async () => {
    const pair = open(
      { length: ({ length }: string) => length },
      {
        client: { codec },
        server: { codec, limits: { message: 10_000 } },
        traits: { maxMessage: 2000, trusted: false },
      },
    );
    await pair.client.ready;
    await expect(promised(pair.remote.length("x".repeat(11_000)))).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      delivered: "no",
    });
    expect(await pair.remote.length("x".repeat(9_000))).toBe(9_000);
    await pair.done();
  });

  it("a large call in the turn that opens the session arrives too", async () => {
    const pair = narrow({ length: ({ length }: string) => length }, {}, slow);
    expect(await (pair.remote as Loose).length("y".repeat(9000))).toBe(9000);
    await pair.done();
  });
});

/** Units of text and bytes of buffers. */
function sizeOf(message: unknown): number {
  return JSON.stringify(message, (_key, value: unknown) =>
    value instanceof Uint8Array ? "x".repeat(value.buffer.byteLength) : value,
  ).length;
}

/** Each message in a task of its own. */
function slow(transport: Transport): Transport {
  return defineTransport({
    traits: transport.traits,
    codec: transport.codec,
    open(events) {
      transport.receive((message) => void setImmediate(() => events.message(message)));
      transport.onClose(events.end);
      return { send: (message) => transport.send(message), close: (reason) => transport.close(reason) };
    },
  });
}
