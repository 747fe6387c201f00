import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../src/index.ts";
import { hostile, type Loose, open, promised, turns } from "./sessions.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => vi.useRealTimers());

/** A session whose peer has said hello, and then says nothing. */
function silent(announcesDeath: boolean) {
  const peer = hostile({}, { heartbeat: { interval: 1000, timeout: 500 } }, { traits: { announcesDeath } });
  const states: Session["state"][] = [];
  peer.session.onState((state) => void states.push(state));
  return { ...peer, states, pings: () => peer.heard.flat(2).filter((part) => part === 18).length };
}

describe("liveness", () => {
  it("costs an idle session no timer", async () => {
    const pair = open({ one: () => 1 });
    await pair.client.ready;
    await turns();
    expect(vi.getTimerCount()).toBe(0);
    expect(await pair.remote.one()).toBe(1);
    await turns();
    expect(vi.getTimerCount()).toBe(0);
    await pair.done();
  });

  it("asks after a silent peer that owes an answer, and calls it unresponsive when it stays silent", async () => {
    const { session, states, pings, send } = silent(true);
    await turns();
    const call = promised((session.remote as Loose).wait());
    await turns();
    vi.advanceTimersByTime(999);
    await turns();
    expect(pings()).toBe(0);
    vi.advanceTimersByTime(1);
    await turns();
    expect(pings()).toBe(1);
    expect(session.state).toBe("ready");
    vi.advanceTimersByTime(500);
    await turns();
    expect(session.state).toBe("unresponsive");
    // The platform would tell of its death: the session goes on asking.
    vi.advanceTimersByTime(1500);
    await turns();
    expect(session.ended).toBeUndefined();
    send([19, 1]);
    await turns();
    expect(session.state).toBe("ready");
    send([3, 1, "late but here"]);
    expect(await call).toBe("late but here");
    expect(states).toEqual(["ready", "unresponsive", "ready"]);
    await turns();
    expect(vi.getTimerCount()).toBe(0);
    await session.close();
  });

  it("F8 F9 ends the session where nothing else would tell of the peer's death", async () => {
    const { session } = silent(false);
    await turns();
    const call = promised((session.remote as Loose).wait()).catch((error: unknown) => error);
    await turns();
    vi.advanceTimersByTime(1000);
    await turns();
    vi.advanceTimersByTime(500);
    expect(await call).toMatchObject({ code: "UNAVAILABLE", message: "the other side was silent for 1500 ms" });
    expect(session.ended).toMatchObject({ code: "UNAVAILABLE", by: "platform" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes anything that arrives for a sign of life", async () => {
    const { session, send, pings } = silent(false);
    await turns();
    const call = promised((session.remote as Loose).wait());
    for (let second = 0; second < 10; second++) {
      vi.advanceTimersByTime(900);
      send([9, 99, 1]);
      await turns();
    }
    expect(session.state).toBe("ready");
    expect(pings()).toBeLessThanOrEqual(1);
    send([3, 1, "done"]);
    expect(await call).toBe("done");
    await session.close();
  });

  it("can be turned off", async () => {
    const peer = hostile({}, { heartbeat: false }, { traits: { announcesDeath: false } });
    await turns();
    promised((peer.session.remote as Loose).wait()).catch(() => {});
    vi.advanceTimersByTime(1_000_000);
    await turns();
    expect(peer.session.state).toBe("ready");
    expect(peer.heard.flat(2)).not.toContain(18);
    await peer.session.close();
  });

  it("ping() tells the time of a round trip, and rejects when the session ends first", async () => {
    const pair = open({});
    expect(await pair.client.ping()).toBeGreaterThanOrEqual(0);
    await pair.done();
    const peer = hostile({});
    await turns();
    const ping = peer.session.ping();
    ping.catch(() => {});
    await peer.session.close();
    await expect(ping).rejects.toMatchObject({ code: "CANCELLED" });
    await expect(peer.session.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("draining", () => {
  it("F19 waits for what is under way, up to its limit, and then cancels", async () => {
    const pair = open({ wait: () => new Promise(() => {}) });
    await pair.client.ready;
    const call = promised(pair.remote.wait()).catch((error: unknown) => error);
    await turns();
    const closing = pair.server.close({ drain: 1000 });
    await turns();
    expect([pair.client.state, pair.server.state]).toEqual(["draining", "draining"]);
    vi.advanceTimersByTime(1000);
    await closing;
    expect(await call).toMatchObject({ code: "UNAVAILABLE", delivered: "unknown" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends at once when nothing is under way", async () => {
    const pair = open({});
    await pair.client.ready;
    await pair.server.close({ drain: 1000 });
    await turns();
    expect(pair.client.ended).toMatchObject({ code: "OK", by: "remote" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("F22 the last answer arrives before the goodbye", async () => {
    let finish: (value: string) => void = () => {};
    const pair = open({
      last: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    });
    const call = promised(pair.remote.last());
    await turns();
    const closing = pair.server.close({ drain: 1000 });
    finish("the last word");
    expect(await call).toBe("the last word");
    await closing;
    await turns();
    expect(pair.client.ended).toMatchObject({ code: "OK" });
  });
});
