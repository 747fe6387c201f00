import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Liveness } from "../src/session/liveness.ts";

describe("asking whether a silent peer lives", () => {
  let now = 0;
  let dead = 0;
  let pings = 0;
  const owner = {
    announcesDeath: false,
    askAfter: () => void pings++,
    unresponsive: () => {},
    silent: () => void dead++,
  };

  /** The clock and the timers go on, together or not. */
  function pass(ms: number, late = 0): void {
    now += ms + late;
    vi.advanceTimersByTime(ms);
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.spyOn(performance, "now").mockImplementation(() => now);
    dead = 0;
    pings = 0;
  });
  afterEach(() => void vi.useRealTimers());

  it("gives it up after interval and timeout", () => {
    const liveness = new Liveness(owner, { interval: 100, timeout: 50 });
    liveness.owe(1);
    pass(100);
    expect([pings, dead]).toEqual([1, 0]);
    pass(50);
    expect(dead).toBe(1);
    liveness.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("F24 does not give it up when this side itself was blocked or asleep", () => {
    const liveness = new Liveness(owner, { interval: 100, timeout: 50 });
    liveness.owe(1);
    pass(100);
    pass(50, 5000);
    expect(dead).toBe(0);
    // The answer that arrived meanwhile is read now.
    liveness.heard();
    pass(50);
    pass(100);
    expect([pings, dead]).toEqual([2, 0]);
    pass(50);
    expect(dead).toBe(1);
    liveness.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
