import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSession, transportPair } from "../src/index.ts";
import { hello, hostile, type Loose, open, promised, turns } from "./sessions.ts";

const api = {
  one: () => 1,
  echo: (value: unknown) => value,
  call: (fn: Loose) => fn(1),
  wait: () => new Promise(() => {}),
  async *list() {
    for (let n = 0; ; n++) yield n;
  },
  nested: { deep: { fn: () => 1 } },
};

describe("bad input", () => {
  it.each([
    ["null", null],
    ["undefined", undefined],
    ["a number", 7],
    ["text", "hello"],
    ["an empty list", []],
    ["a list of lists of lists", [[[[]]]]],
    ["a negative kind", [-1]],
    ["a fractional kind", [1.5, 1]],
    ["an unknown kind", [99, 1, 2]],
    ["a huge id", [1, 2 ** 53, 0, ["one"], []]],
    ["a fractional id", [1, 0.5, 0, ["one"], []]],
    [
      "a duplicate id",
      [
        [1, 1, 0, ["one"], []],
        [1, 1, 0, ["one"], []],
      ],
    ],
    ["missing fields", [1, 1]],
    ["a batch with a hole", [[18, 1], undefined]],
    ["a run of nonsense", [21, 1, "x"]],
    ["a run of calls with half a call", [21, 1, ["one"], [], ["one"]]],
    ["a run of no answers", [22, 1]],
    ["a run whose ids grow too large", [21, Number.MAX_SAFE_INTEGER, ["one"], [], ["one"], []]],
    ["a map", new Map([[0, 1]])],
  ])("closes a dedicated channel: %s", async (_name, message) => {
    const peer = hostile(api);
    await turns();
    peer.send(message);
    await turns();
    expect(peer.session.ended).toMatchObject({ code: "PROTOCOL_ERROR" });
    expect(JSON.stringify(peer.heard)).toContain("PROTOCOL_ERROR");
  });

  it.each([
    null,
    7,
    "text",
    {},
    [],
    ["portolan"],
    ["portolan", "", "x"],
    ["portolan", "other", "a", "", [0]],
    ["portolan", "", "", "", hello()],
    ["portolan", "", "a", "not-you", hello()],
  ])("R-19 O-22 is left alone on a port that strangers use: %j", async (message) => {
    const peer = hostile(api, {}, { traits: { shared: true, trusted: false }, greet: false });
    await turns();
    peer.send(message, ["portolan", "", "test", "", hello()], message);
    peer.send(["portolan", "", "test", "", [99, "malformed"]]);
    await turns();
    expect(peer.session.ended).toBeUndefined();
    expect(peer.session.state).toBe("ready");
    await peer.session.close();
  });

  it("never throws, never hangs, never touches a prototype: 3 000 random conversations", async () => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    const name = fc.constantFrom(
      "one",
      "echo",
      "call",
      "list",
      "wait",
      "nested",
      "__proto__",
      "constructor",
      "then",
      "prototype",
    );
    const id = fc.oneof(fc.integer({ min: -3, max: 20 }), fc.constantFrom(0.5, 2 ** 53, Number.NaN, "1", null));
    const reference = fc.tuple(
      fc.integer({ min: 0, max: 24 }),
      fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), name), { maxLength: 3 }),
      id,
      id,
    );
    const slot = fc.oneof(
      id,
      fc.array(name, { maxLength: 3 }),
      fc.array(reference, { maxLength: 3 }),
      fc.jsonValue(),
      fc.constant({ hold: 1 }),
      fc.anything({ withNullPrototype: true, maxDepth: 2 }),
    );
    const message = fc
      .tuple(fc.integer({ min: -1, max: 24 }), fc.array(slot, { maxLength: 7 }))
      .map(([kind, rest]) => [kind, ...rest]);
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 6 }), async (messages) => {
        const peer = hostile(api);
        for (const sent of messages) {
          try {
            peer.send(sent);
          } catch {
            // What cannot be cloned never reaches anybody.
          }
        }
        await turns(2);
        await peer.session.close();
        await turns(1);
        const { calls, handlers, exports, stubs, streams, promises, signals } = peer.session.stats();
        expect([calls.inFlight, handlers.held, exports, stubs, streams, promises, signals]).toEqual([
          0, 0, 0, 0, 0, 0, 0,
        ]);
      }),
      { numRuns: 3000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
  }, 60_000);
});

describe("a peer that breaks the rules on a port that strangers use", () => {
  const marked = (message: unknown) => ["portolan", "", "test", "", message];

  it("loses its stream, and gains no memory by fragments; the session goes on", async () => {
    const peer = hostile({}, { limits: { message: 1000 } }, { traits: { shared: true, trusted: false }, greet: false });
    await turns();
    peer.send(marked(hello()));
    await turns();
    const asked = promised((peer.session.remote as Loose).list());
    await turns();
    peer.send(marked([3, 1, null, [[20, [], 7, 0]], 1]));
    const first = ((await asked) as AsyncIterator<unknown>).next();
    await turns();
    peer.send(marked([12, 7, ["x".repeat(100_000)], 1]));
    await expect(first).rejects.toMatchObject({
      code: "PROTOCOL_ERROR",
      message: "stream 7 sent more bytes than it counted",
    });
    for (let n = 0; n < 100; n++) peer.send(marked([17, 1, 0, "x".repeat(300)]));
    await turns();
    expect(peer.session.stats().assembling).toBeLessThanOrEqual(1000);
    expect(peer.session.state).toBe("ready");
    await peer.session.close();
  });
});

describe("floods", () => {
  it("of callbacks, streams, credits, retains and releases meet their limits, and an honest neighbour notices nothing", async () => {
    const limits = { calls: 50, references: 100, streams: 20 };
    const peer = hostile(api, { limits });
    const honest = open(api, { server: { limits } });
    await turns();
    for (let id = 1; id <= 500; id++) {
      const functions = Array.from({ length: 40 }, (_, n) => [16, [n], id * 100 + n, 0]);
      peer.send(
        [1, id * 2, 0, ["wait"], new Array(40).fill(null), functions],
        [1, id * 2 + 1, 0, ["list"], []],
        [15, -id, 10, 10],
        [8, id],
        [9, id, 2 ** 40],
        [9, -id, 1],
        [5, id],
        [16, -id, 0],
      );
      if (id % 100 === 0) {
        expect(await honest.remote.one()).toBe(1);
        const stats = peer.session.stats();
        expect(stats.stubs).toBeLessThanOrEqual(100);
        expect(stats.streams).toBeLessThanOrEqual(20);
        expect(stats.handlers.running).toBeLessThanOrEqual(50);
        expect(stats.handlers.parked).toBeLessThanOrEqual(64);
      }
    }
    await peer.session.close();
    await turns();
    expect(peer.session.stats()).toMatchObject({ stubs: 0, exports: 0, streams: 0 });
    await honest.done();
  });

  it("of releases, while calls wait for a place, are not remembered", async () => {
    const peer = hostile(api, { limits: { calls: 1, references: 10 } });
    await turns();
    peer.send([1, 1, 0, ["wait"], []], [1, 2, 0, ["wait"], []]);
    for (let n = 0; n < 1000; n++) peer.send([9, -(n + 1), 1]);
    await turns();
    expect(peer.session.stats().handlers).toEqual({ running: 1, parked: 1, held: 0 });
    await peer.session.close();
  });
});

describe("100 calls that nobody awaits, to a peer that dies", () => {
  it("end no process", async () => {
    const pair = open(api);
    for (let n = 0; n < 100; n++) pair.remote.wait();
    await turns();
    pair.transports[1].close({ code: "UNAVAILABLE", message: "killed", by: "platform" });
    await turns();
    expect(pair.client.ended).toBeDefined();
  });
});

describe("two sessions on one port", () => {
  it("M-15 R-22 share it by channel; a second use of a name throws, and is free again after the close", async () => {
    const [here, there] = transportPair();
    const servers = ["a", "b"].map((channel) => openSession(there, { channel, expose: { name: () => channel } }));
    const a = openSession(here, { channel: "a" });
    const b = openSession(here, { channel: "b" });
    expect(() => openSession(here, { channel: "a" })).toThrow(/has a session on channel "a" already/);
    expect(await Promise.all([a, b].map((session) => (session.remote as Loose).name()))).toEqual(["a", "b"]);
    here.send("a stranger's message");
    await a.close();
    expect(await promised((b.remote as Loose).name())).toBe("b");
    await b.close();
    for (const server of servers) await server.closed;
  });
});
