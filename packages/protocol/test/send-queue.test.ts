import { describe, expect, it } from "vitest";
import { defineTransport, openSession, type Transport } from "../src/index.ts";
import { hello, type Loose, promised, turns } from "./sessions.ts";

/** A port that takes nothing, and a session on it whose peer has said hello. */
function blocked(limits = {}, api: unknown = {}) {
  let deliver: (message: unknown) => void = () => {};
  let writable = () => {};
  const sent: unknown[] = [];
  const state = { full: true };
  const port: Transport = defineTransport({
    traits: { carries: "clone", trusted: true },
    open(events) {
      deliver = events.message;
      writable = events.writable;
      return { send: (message) => void sent.push(message), close() {}, blocked: () => state.full };
    },
  });
  const session = openSession(port, { limits, expose: api, onError: () => {} });
  deliver(hello());
  return {
    ...{ session, sent, deliver: (message: unknown) => deliver(message) },
    unblock() {
      state.full = false;
      writable();
    },
  };
}

describe("a port that takes no more", () => {
  it("queues what is sent, then refuses new calls: nothing of them was sent", async () => {
    const { session, sent, unblock } = blocked({ sendQueue: 10_000 });
    await turns();
    const calls = Array.from({ length: 10 }, () => promised((session.remote as Loose).take("x".repeat(1000))));
    for (const call of calls) call.catch(() => {});
    await expect(promised((session.remote as Loose).take(1))).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      delivered: "no",
      message: expect.stringContaining("blocked"),
    });
    expect(session.stats().outbox.bytes).toBeGreaterThan(10_000);
    unblock();
    expect(session.stats().outbox).toEqual({ messages: 0, bytes: 0 });
    expect(JSON.stringify(sent)).toContain("xxxx");
    await session.close();
  });

  it("F15 producers are not pulled while it is full, and go on afterwards", async () => {
    let pulled = 0;
    const api = {
      async *list() {
        for (;;) {
          pulled++;
          yield "item";
        }
      },
    };
    const { session, deliver, unblock } = blocked({}, api);
    await turns();
    deliver([1, 1, 0, ["list"], []]);
    await turns();
    deliver([15, -1, 50, 100_000]);
    await turns();
    expect(pulled).toBe(0);
    unblock();
    await turns();
    expect(pulled).toBe(50);
    await session.close();
  });

  it("answers and control still enter: both sides blocked, neither waits for the other", async () => {
    const [left, right] = [
      blocked({ sendQueue: 1000 }, { one: () => 1 }),
      blocked({ sendQueue: 1000 }, { one: () => 1 }),
    ];
    await turns();
    const calls = [left, right].map(({ session }) => promised((session.remote as Loose).one()));
    for (const call of calls) call.catch(() => {});
    await turns();
    // Reading goes on while sending is blocked: each runs the other's call.
    left.deliver([
      [7, 0, ["one"]],
      [1, 1, 0, 0, []],
    ]);
    right.deliver([
      [7, 0, ["one"]],
      [1, 1, 0, 0, []],
    ]);
    await turns();
    expect(left.session.stats().outbox.messages).toBeGreaterThanOrEqual(2);
    left.unblock();
    right.unblock();
    left.deliver([3, 1, 1]);
    right.deliver([3, 1, 1]);
    expect(await Promise.all(calls)).toEqual([1, 1]);
    await left.session.close();
    await right.session.close();
  });

  it("collects no answers to hellos that are said again and again", async () => {
    const { session, deliver } = blocked();
    await turns();
    for (let n = 0; n < 1000; n++) deliver(hello());
    expect(session.stats().outbox.messages).toBeLessThan(5);
    await session.close();
  });

  it("whose peer asks and never reads is closed in the end", async () => {
    const { session, deliver } = blocked({ sendQueue: 1000 }, { large: () => "x".repeat(1000) });
    await turns();
    for (let id = 1; id < 10; id++) deliver([1, id, 0, ["large"], []]);
    expect(session.ended).toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      message: "the peer does not read what it is sent",
    });
  });
});
