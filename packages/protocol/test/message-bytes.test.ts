import { describe, expect, it } from "vitest";
import { transfer } from "../src/index.ts";
import { eachMessage } from "../src/runs.ts";
import { hostile, open, promised, turns } from "./sessions.ts";

const limit = 100_000;

const outcome = (call: PromiseLike<unknown>): Promise<unknown> =>
  promised(call).then(
    () => "ok",
    ({ code, delivered, message }) => [code, delivered, message],
  );

/** The messages of frames, one by one. */
function messagesIn(frames: readonly unknown[]): (readonly unknown[])[] {
  const messages: (readonly unknown[])[] = [];
  for (const frame of frames) eachMessage(frame as unknown[], (message) => void messages.push(message as unknown[]));
  return messages;
}

/** Values that weigh so many bytes, of every kind that can be large. */
const kinds: Record<string, (bytes: number) => unknown> = {
  text: (bytes) => "x".repeat(bytes),
  bytes: (bytes) => new Uint8Array(bytes),
  buffer: (bytes) => new ArrayBuffer(bytes),
  "many texts": (bytes) => Array.from({ length: 10 }, () => "y".repeat(bytes / 10)),
  "a Map": (bytes) => new Map([["z".repeat(bytes / 2), new Uint8Array(bytes / 2)]]),
  "keys of an object": (bytes) => ({ ["k".repeat(bytes)]: 1 }),
  "a moved buffer": (bytes) => transfer(new ArrayBuffer(bytes)),
};

describe("the bytes of a message that is cloned, from a peer that is not trusted", () => {
  it.each(Object.keys(kinds))("are limited: %s, below, at and above", async (kind) => {
    const make = kinds[kind] as (bytes: number) => unknown;
    const pair = open(
      { take: () => 1, give: (bytes: number) => make(bytes) },
      {
        traits: { trusted: false },
        client: { limits: { message: limit } },
        server: { limits: { message: limit }, onError: () => {} },
      },
    );
    await pair.client.ready;
    const tooMuch = expect.stringContaining(`the limit of ${limit} bytes in one message (send it as a stream)`);
    expect(await outcome(pair.remote.take(make(limit - 1000)))).toBe("ok");
    expect(await outcome(pair.remote.take(make(limit - 20)))).toBe("ok");
    expect(await outcome(pair.remote.take(make(limit + 10)))).toEqual(["RESOURCE_EXHAUSTED", "no", tooMuch]);
    expect(await outcome(pair.remote.give(limit - 20))).toBe("ok");
    expect(await outcome(pair.remote.give(limit + 10))).toEqual(["RESOURCE_EXHAUSTED", "yes", tooMuch]);
    expect(await outcome(pair.remote.take("still there"))).toBe("ok");
    await pair.done();
  });

  it.each(["text", "bytes", "many texts", "a Map", "keys of an object"])(
    "are counted here too, whatever the sender checks: %s",
    async (kind) => {
      let runs = 0;
      const { session, heard, send } = hostile({ take: () => ++runs }, { limits: { message: limit } });
      const make = kinds[kind] as (bytes: number) => unknown;
      send([1, 1, 0, ["take"], [make(limit)]], [1, 2, 0, ["take"], [make(limit + 10)]], [1, 3, 0, ["take"], [1]]);
      await turns();
      const [first, second, third] = messagesIn(heard).filter(([kind]) => kind === 3 || kind === 4);
      expect([first, third]).toMatchObject([
        [3, 1, 1],
        [3, 3, 2],
      ]);
      expect(second).toMatchObject([4, 2, { code: "RESOURCE_EXHAUSTED", delivered: "no" }]);
      expect(runs).toBe(2);
      expect(session.ended).toBeUndefined();
      await session.close();
    },
  );

  it("cannot hide as named properties of a list", async () => {
    const { session, heard, send } = hostile({ take: () => 1 }, { limits: { message: limit } });
    send([1, 1, 0, ["take"], [Object.assign([1], { ["n".repeat(limit)]: 1 })]]);
    await turns();
    expect(messagesIn(heard)).toContainEqual([4, 1, expect.objectContaining({ code: "RESOURCE_EXHAUSTED" })]);
    await session.close();
  });

  it("of a stream's item are limited as well, and end that stream alone", async () => {
    const pair = open(
      {
        items: async function* () {
          yield new Uint8Array(limit - 20);
          yield new Uint8Array(limit + 10);
        },
      },
      { traits: { trusted: false }, client: { limits: { message: limit } }, server: { onError: () => {} } },
    );
    await pair.client.ready;
    const stream: AsyncIterator<Uint8Array> = await pair.remote.items();
    expect((await stream.next()).value).toHaveLength(limit - 20);
    expect(await outcome(stream.next())).toMatchObject(["RESOURCE_EXHAUSTED", expect.anything(), expect.anything()]);
    await pair.done();
  });

  it("are not limited where the peer is trusted", async () => {
    const pair = open({ size: (data: Uint8Array) => data.length }, { server: { limits: { message: limit } } });
    expect(await pair.remote.size(new Uint8Array(10 * limit))).toBe(10 * limit);
    await pair.done();
  });
});
