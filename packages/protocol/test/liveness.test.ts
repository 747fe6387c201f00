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

  it("sets one timer for calls one after another, which runs out by itself and asks nothing", () => {
    const set = vi.spyOn(globalThis, "setTimeout");
    const liveness = new Liveness(owner, { interval: 15_000, timeout: 10_000 });
    for (let call = 0; call < 100; call++) {
      liveness.owe(1);
      liveness.heard();
      liveness.owe(-1);
    }
    expect(set).toHaveBeenCalledTimes(1);
    pass(1000);
    expect([vi.getTimerCount(), pings, dead]).toEqual([0, 0, 0]);
    set.mockRestore();
  });

  it("counts silence from the call that met it, whatever timer an earlier one left", () => {
    const liveness = new Liveness(owner, { interval: 15_000, timeout: 10_000 });
    liveness.owe(1);
    pass(900);
    liveness.owe(-1);
    liveness.owe(1);
    pass(15_000);
    expect([pings, dead]).toEqual([0, 0]);
    pass(1000);
    expect([pings, dead]).toEqual([1, 0]);
    pass(10_000);
    expect([pings, dead]).toEqual([1, 1]);
    liveness.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
