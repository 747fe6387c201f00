import { expect } from "vitest";
import type { DataChannelRuns } from "./data-channel-runs.ts";

type Seen<Name extends keyof DataChannelRuns> = Awaited<ReturnType<DataChannelRuns[Name]>>;

/** The size of the file that is uploaded, in bytes. */
export const fileSize = 211_000;

/** The whole file arrived, piece by piece; the session left nothing behind, and the channels to their owner. */
export function expectUploaded({ left, ...seen }: Seen<"uploadOver">): void {
  expect(seen).toMatchObject({ received: { name: "a.png", size: fileSize }, intact: true, listeners: 0 });
  expect(seen.progress).toEqual(Array.from({ length: 13 }, (_, index) => Math.min((index + 1) * 16_384, fileSize)));
  expect(left).toHaveLength(2);
  for (const end of left) {
    expect(end).toMatchObject({ calls: { inFlight: 0, open: 0 }, handlers: { running: 0, held: 0 } });
    expect(end).toMatchObject({ exports: 0, stubs: 0, streams: 0, outbox: { messages: 0 }, assembling: 0 });
  }
  expect(seen.stillOpen).toEqual(["open", "open"]);
}

/** Half a MiB waits in the channel at most, and one message more, which is no larger than the channel takes. */
export function expectBounded(seen: Seen<"fillBuffersOf">): void {
  expect(seen).toMatchObject({ intact: true, listeners: 0 });
  expect(seen.mostBuffered).toBeGreaterThan(262_144);
  expect(seen.mostBuffered).toBeLessThanOrEqual(524_288 + 262_144);
  expect(seen.largest).toBeLessThanOrEqual(262_144);
}

/** The call on its way, and the one after. */
export function expectEnded(seen: Seen<"loseFarEndOf">): void {
  const closed = "the data channel is closed";
  expect(seen.errors).toEqual([
    ["UNAVAILABLE", "unknown", closed],
    ["UNAVAILABLE", "no", closed],
  ]);
  expect(seen.listeners).toBe(0);
}
