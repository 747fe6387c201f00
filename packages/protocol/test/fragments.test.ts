import { afterEach, describe, expect, it, vi } from "vitest";
import { defineTransport, lengthFramed, openSession, type Transport, transportPair } from "../src/index.ts";
import { hello, hostile, type Loose, open, promised, recorded, turns } from "./sessions.ts";

const text = { carries: "text", trusted: false } as const;
const textHello = JSON.stringify(hello({ codec: "json", carries: "text" }));

afterEach(() => vi.useRealTimers());

/** A peer that speaks text. */
function speaker(limits = {}) {
  const peer = hostile({ length: (value: string) => value.length }, { limits }, { traits: text, greet: false });
  peer.send(textHello);
  return peer;
}

describe("a message larger than the way carries", () => {
  it.each([
    ["text", "json"],
    ["bytes", "ndjson"],
  ])("R-33 R-34 travels in fragments, none larger than the way (%s)", async (carries) => {
    let record: ReturnType<typeof recorded> | undefined;
    const pair = open(
      { echo: (value: unknown) => value },
      {
        traits: { carries: carries as "text", maxMessage: 500 },
        around: (it) => {
          record = recorded(it);
          return record;
        },
      },
    );
    const value = { quotes: '"\\'.repeat(2000), emoji: "⛵".repeat(500) };
    expect(await pair.remote.echo(value)).toEqual(value);
    const sizes = [...(record?.out ?? []), ...(record?.in ?? [])].map(
      (message) => (message as string | Uint8Array).length,
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    expect(sizes.length).toBeGreaterThan(20);
    await pair.done();
  });

  it("R-39 lets pings and small answers through while it is under way", async () => {
    const order: string[] = [];
    const [here, there] = transportPair({ traits: { ...text, maxMessage: 300 } });
    const narrow = slowed(here);
    const server = openSession(there, { expose: { length: (value: string) => value.length } });
    const client = openSession(narrow.transport, {});
    await client.ready;
    narrow.full = true;
    const large = promised((client.remote as Loose).length("x".repeat(5000))).then(() => order.push("large"));
    await turns(2);
    const ping = client.ping().then(() => order.push("ping"));
    await turns(2);
    expect(order).toEqual(["ping"]);
    narrow.full = false;
    narrow.writable();
    await Promise.all([large, ping]);
    expect(order).toEqual(["ping", "large"]);
    await client.close();
    await server.close();
  });
});

/** A transport whose port says that it is full whenever the test does, and lets what is sent through all the same. */
function slowed(transport: Transport) {
  const state = { full: false, writable: () => {}, transport: undefined as unknown as Transport };
  state.transport = defineTransport({
    traits: transport.traits,
    codec: transport.codec,
    open(events) {
      state.writable = events.writable;
      transport.receive(events.message);
      transport.onClose(events.end);
      return {
        send: (message) => transport.send(message),
        blocked: () => state.full,
        close: (reason) => transport.close(reason),
      };
    },
  });
  return state;
}

describe("fragments", () => {
  it("are put together, and a ping between them is answered", async () => {
    const peer = speaker();
    const call = JSON.stringify([1, 1, 0, ["length"], "x".repeat(1000)]);
    peer.send(JSON.stringify([17, 1, 0, call.slice(0, 500)]), "[18,7]", JSON.stringify([17, 1, 1, call.slice(500)]));
    await turns();
    expect(peer.heard.map(String)).toEqual(expect.arrayContaining(["[19,7]", "[3,1,1000]"]));
    await peer.session.close();
  });

  it("of two messages cannot be mixed", async () => {
    const peer = speaker();
    peer.send(JSON.stringify([17, 1, 0, "[1,"]), JSON.stringify([17, 2, 0, "[1,"]));
    await turns();
    expect(peer.session.ended).toMatchObject({
      code: "PROTOCOL_ERROR",
      message: "fragment of message 2 inside message 1",
    });
  });

  it("leave nothing behind for the next message, whatever follows the frame in them", async () => {
    const codec = lengthFramed();
    const traits = { carries: "bytes", trusted: false } as const;
    const peer = hostile({ length: (value: string) => value.length }, { codec }, { traits, greet: false });
    const from = codec.open();
    const say = (message: unknown) => peer.send(...[from.encode(message)].flat());
    say(hello({ codec: "length-framed", carries: "bytes" }));
    for (const id of [1, 2]) {
      const call = codec.open().encode([1, id, 0, ["length"], ["x".repeat(40)]]) as Uint8Array;
      say([17, id, 0, call.slice(0, 10)]);
      say([17, id, 1, Uint8Array.of(...call.slice(10), 0, 0)]);
      await turns();
    }
    const heard = codec.open();
    const answers = peer.heard.flatMap((frame) => heard.decode(frame));
    expect(answers.slice(-2)).toEqual([
      [3, 1, 40],
      [3, 2, 40],
    ]);
    expect(peer.session.stats().assembling).toBe(0);
    await peer.session.close();
  });

  it("R-36 whose end does not come are forgotten, and the session says so", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const peer = speaker();
    await turns();
    peer.send(JSON.stringify([17, 1, 0, "[1,"]));
    await turns();
    expect(peer.session.stats().assembling).toBe(3);
    vi.advanceTimersByTime(29_999);
    expect(peer.session.ended).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(peer.session.ended).toMatchObject({
      code: "DATA_LOSS",
      message: "message 1 was not finished within 30000 ms",
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("R-36 wait for ever with a limit of 0", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const peer = speaker({ fragments: 0 });
    await turns();
    peer.send(JSON.stringify([17, 1, 0, "[1,"]));
    await turns();
    expect(vi.getTimerCount()).toBe(0);
    await peer.session.close();
  });

  it("count together as one message, and so meet its limit", async () => {
    const peer = speaker({ message: 1000 });
    for (let piece = 0; piece < 11; piece++) peer.send(JSON.stringify([17, 1, 0, "x".repeat(100)]));
    await turns();
    expect(peer.session.ended).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  });

  it("that make no message, are a protocol error", async () => {
    const peer = speaker();
    peer.send(JSON.stringify([17, 1, 1, "no JSON"]));
    await turns();
    expect(peer.session.ended).toMatchObject({ code: "PROTOCOL_ERROR" });
  });
});
