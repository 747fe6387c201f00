import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ByteWindow } from "../src/session/byte-window.ts";
import { source } from "./counting-source.ts";
import { open, turns } from "./sessions.ts";

const kib = 1024;

/** A reader in one place and its producer in another, which is `way` milliseconds there and back; items have `size` bytes. */
class Far {
  readonly window: ByteWindow;
  received = 0;
  granted: number;

  constructor(network: boolean, most = 1024 * kib) {
    this.window = new ByteWindow(most, network);
    this.granted = this.window.size;
  }

  /** All that the producer knows to be granted comes at once, and is read; what that grants is known over there later. */
  round(way: number, size = 64 * kib, waiting = true): void {
    const known = this.granted;
    while (this.received < known) {
      this.received += size;
      this.window.arrived(size, this.received, waiting);
      const before = this.granted;
      this.granted = Math.max(before, this.received + this.window.size);
      if (this.granted > before) this.window.granted(before, this.received);
    }
    vi.advanceTimersByTime(way);
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

describe("the bytes that a reader lets come ahead of it", () => {
  it("are few where the other end is near, however long the stream is", () => {
    const far = new Far(true);
    for (let round = 0; round < 1000; round++) far.round(0.2);
    expect(far.window.size).toBe(128 * kib);
  });

  it("become as many as the limit allows over a long way, since the reader runs dry", () => {
    const far = new Far(true);
    for (let round = 0; round < 40; round++) far.round(50);
    expect(far.window.size).toBe(1024 * kib);
  });

  it("stay few when the reader is slow: what comes late is not waited for", () => {
    const far = new Far(true);
    for (let round = 0; round < 40; round++) far.round(50, 64 * kib, false);
    expect(far.window.size).toBe(128 * kib);
  });

  it("stay few after one wait, and become few again when there are none any more", () => {
    const far = new Far(true);
    far.round(0.2);
    for (let round = 0; round < 30; round++) far.round(round % 6 === 0 ? 50 : 0.2);
    expect(far.window.size).toBe(128 * kib);
    for (let round = 0; round < 40; round++) far.round(50);
    for (let round = 0; round < 400; round++) far.round(0.2);
    expect(far.window.size).toBe(128 * kib);
  });

  it("hold two items, however large those are, up to the limit", () => {
    const far = new Far(true);
    for (let round = 0; round < 8; round++) far.round(0.2, 200 * kib);
    expect(far.window.size).toBe(400 * kib);
    for (let round = 0; round < 8; round++) far.round(0.2, 4096 * kib);
    expect(far.window.size).toBe(1024 * kib);
  });

  it("are what the limit says from the start where nothing queues, and where the limit is small", () => {
    expect(new Far(false).window.size).toBe(1024 * kib);
    const far = new Far(true, 5000);
    for (let round = 0; round < 40; round++) far.round(50, 1000);
    expect(far.window.size).toBe(5000);
  });
});

describe("a producer whose reader does nothing", () => {
  it.each([
    [true, 128],
    [false, 1024],
  ])("stops after what may be ahead (network: %s, %i KiB)", async (network, ahead) => {
    vi.useRealTimers();
    const { generate, counts } = source(Number.POSITIVE_INFINITY, () => "x".repeat(16 * kib - 2));
    const pair = open({ list: generate }, { traits: { network } });
    const stream = await pair.remote.list();
    await stream.next();
    await turns(100);
    // The one that was read may have been granted anew.
    expect(counts.pulled - ahead / 16).toBeLessThanOrEqual(1);
    expect(counts.pulled - ahead / 16).toBeGreaterThanOrEqual(0);
    await stream.return();
    await pair.done();
  });
});
