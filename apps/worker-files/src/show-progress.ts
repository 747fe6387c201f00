import type { WriteStream } from "node:tty";
import { Pace } from "./pace.ts";
import { printable } from "./printable.ts";
import type { Reading } from "./reading.ts";
import { bytes, clock, count, plural } from "./units.ts";

/** Milliseconds between two pictures of the bar, and between two plain lines. */
const frame = 100;
const lineEvery = 1000;

/** What progress is written to: a terminal, or a file or pipe. */
export type Screen = Pick<WriteStream, "write"> & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * Shows how far a reading is: a live bar on a terminal, a plain line each second elsewhere.
 *
 * @returns the way to end it, which leaves the terminal clean.
 */
export function showProgress(reading: Reading, screen: Screen): () => void {
  const pace = new Pace();
  const terminal = screen.isTTY === true;
  screen.write(`Reading ${printable(reading.folder)} with ${plural(reading.threads, "thread")}\n`);
  // A terminal that does not know its size says 0.
  const show = () => {
    pace.look(reading);
    screen.write(terminal ? `\r\u001b[K${barOf(reading, pace, screen.columns || 80)}` : `${lineOf(reading, pace)}\n`);
  };
  const timer = setInterval(show, terminal ? frame : lineEvery);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (terminal) screen.write("\r\u001b[K");
  };
}

/** One picture of the bar, as wide as the terminal at most. */
export function barOf(reading: Reading, pace: Pace, columns: number): string {
  const text = lineOf(reading, pace);
  const part = Pace.done(reading);
  const room = columns - 1 - text.length - 3;
  if (part === undefined || room < 10) return text.slice(0, columns - 1);
  const width = Math.min(30, room);
  const full = Math.floor(part * width);
  return `[${"#".repeat(full)}${"-".repeat(width - full)}] ${text}`;
}

/** The same in words. */
export function lineOf(reading: Reading, pace: Pace): string {
  const { done, found } = reading;
  const part = Pace.done(reading);
  const left = pace.left(reading);
  const whole = part === undefined ? `${count(found.files)} found so far` : `${count(found.files)} files`;
  return [
    `${part === undefined ? "" : `${Math.floor(part * 100)}%, `}${count(done.files)} of ${whole}`,
    bytes(done.bytes),
    `${count(pace.filesPerSecond)} files/s`,
    `${bytes(pace.bytesPerSecond)}/s`,
    left === undefined ? "counting" : `ETA ${clock(left)}`,
  ].join(", ");
}
