import { readFile } from "node:fs/promises";
import { setTimeout as later } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { wakeful } from "../src/wakeful.ts";
import { Watch } from "../src/watch.ts";

/** A clock that stands still until it is moved, and a loop that turns when it is told. */
function fakeLoop() {
  let time = 1000;
  let waiting: (() => void) | undefined;
  return {
    now: () => time,
    afterTurn(callback: () => void) {
      waiting = callback;
      return () => {
        waiting = undefined;
      };
    },
    /** True while the loop is kept from sleeping. */
    awake: () => waiting !== undefined,
    /** One turn, which takes so many milliseconds. */
    turn(took: number) {
      time += took;
      const callback = waiting;
      waiting = undefined;
      callback?.();
    },
    pass(milliseconds: number) {
      time += milliseconds;
    },
  };
}

describe("a watch", () => {
  it("keeps the loop awake for 50 µs after a message, and then lets it sleep", () => {
    const loop = fakeLoop();
    const watch = new Watch(loop);
    watch.sent();
    for (let turn = 0; turn < 4; turn++) {
      loop.turn(0.01);
      expect(loop.awake()).toBe(true);
    }
    loop.turn(0.01);
    expect(loop.awake()).toBe(false);
  });

  it("counts from the last message", () => {
    const loop = fakeLoop();
    const watch = new Watch(loop);
    watch.sent();
    loop.turn(0.04);
    watch.sent();
    loop.turn(0.04);
    expect(loop.awake()).toBe(true);
    loop.turn(0.04);
    expect(loop.awake()).toBe(false);
  });

  it("lets 1, 2, 4, and at most 64 messages go without when nothing comes in time, until something does", () => {
    const loop = fakeLoop();
    const watch = new Watch(loop);
    const messagesWithout = () => {
      let without = 0;
      for (watch.sent(); !loop.awake(); watch.sent()) without++;
      return without;
    };
    const rests = Array.from({ length: 9 }, () => {
      const without = messagesWithout();
      loop.turn(0.06);
      return without;
    });
    expect(rests).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 64]);

    messagesWithout();
    loop.turn(0.02);
    watch.heard();
    loop.turn(0.04);
    expect(loop.awake()).toBe(false);
    expect(messagesWithout()).toBe(0);
  });

  it("takes what comes late for nothing", () => {
    const loop = fakeLoop();
    const watch = new Watch(loop);
    watch.sent();
    loop.pass(0.06);
    watch.heard();
    loop.turn(0.01);
    watch.sent();
    expect(loop.awake()).toBe(false);
  });

  it("pauses for 20 ms after a turn that took long, and longer while it goes on", () => {
    const loop = fakeLoop();
    const watch = new Watch(loop);
    const pauses = Array.from({ length: 12 }, () => {
      watch.sent();
      expect(loop.awake()).toBe(true);
      loop.turn(2);
      let paused = 0;
      for (watch.sent(); !loop.awake(); watch.sent()) {
        loop.pass(1);
        paused++;
      }
      watch.end();
      return paused;
    });
    expect(pauses).toEqual([20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_000, 10_000, 10_000]);
    loop.pass(100_000);
    watch.sent();
    loop.turn(2);
    loop.pass(20);
    watch.sent();
    expect(loop.awake()).toBe(true);
  });

  it("lets timers, input and immediates run while it is awake, however long that is", async () => {
    let turns = 0;
    const watch = new Watch({
      now: () => 0,
      afterTurn(callback) {
        const turn = setImmediate(() => {
          turns++;
          callback();
        });
        return () => clearImmediate(turn);
      },
    });
    watch.sent();
    await later(1);
    await readFile(new URL(import.meta.url));
    await vi.waitFor(() => expect(turns).toBeGreaterThan(2));
    watch.end();
    const turned = turns;
    await later(1);
    expect(turns).toBe(turned);
  });

  it("is not there where it cannot help", () => {
    const open = () => ({ send: () => {}, close: () => {} });
    expect(wakeful(open, false)).toBe(open);
    expect(wakeful(open, true)).not.toBe(open);
  });
});
