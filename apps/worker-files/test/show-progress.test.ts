import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newReading } from "../src/reading.ts";
import { showProgress } from "../src/show-progress.ts";
import { bytes, clock, count, plural } from "../src/units.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("progress", () => {
  it("is a bar on a terminal, with rate and time left, never wider than it, and gone at the end", () => {
    const screen = new Screen(true, 100);
    const reading = halfRead();
    const end = showProgress(reading, screen);
    vi.advanceTimersByTime(2000);
    expect(screen.last?.startsWith("\r\u001b[K")).toBe(true);
    expect(screen.last).toMatch(
      /\[#{14,15}-{14,15}\] 50%, 500 of 1,000 files, 50\.0 MB, [\d,]+ files\/s, [\d.]+ MB\/s, ETA 0:0\d$/,
    );
    for (const written of screen.written.slice(1)) expect(written.length).toBeLessThan(100 + 4);
    end();
    expect(screen.last).toBe("\r\u001b[K");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves out what does not fit on a narrow terminal", () => {
    const screen = new Screen(true, 20);
    const end = showProgress(halfRead(), screen);
    vi.advanceTimersByTime(100);
    expect(screen.last).toBe("\r\u001b[K50%, 500 of 1,000 f");
    end();
  });

  it("takes a terminal that does not know its width for 80 columns", () => {
    const screen = new Screen(true, 0);
    const end = showProgress(halfRead(), screen);
    vi.advanceTimersByTime(100);
    expect(screen.last).toMatch(/50%, 500 of 1,000 files, .* ETA 0:0\d$/);
    expect(screen.last?.length).toBeLessThan(80 + 4);
    end();
  });

  it("is plain lines elsewhere, one a second", () => {
    const screen = new Screen(false, undefined);
    const reading = { ...halfRead(), walked: false };
    const end = showProgress(reading, screen);
    vi.advanceTimersByTime(2000);
    end();
    expect(screen.written.length).toBe(3);
    expect(screen.written[0]).toBe("Reading /x\\u{a}y with 2 threads\n");
    expect(screen.last).toMatch(/^500 of 1,000 found so far, 50\.0 MB, .*, counting\n$/);
    expect(screen.written.join("")).not.toContain("\u001b");
  });
});

describe("numbers", () => {
  it("are written for people", () => {
    expect([0, 999, 1000, 1_234_567].map(count)).toEqual(["0", "999", "1,000", "1,234,567"]);
    expect([0, 999, 1000, 99_949, 99_950, 999_499, 999_500, 12.3e9].map(bytes)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "99.9 kB",
      "100 kB",
      "999 kB",
      "1.0 MB",
      "12.3 GB",
    ]);
    expect([0, 6.2, 60, 3661].map(clock)).toEqual(["0:00", "0:07", "1:00", "1:01:01"]);
    expect([plural(1, "file"), plural(2, "file")]).toEqual(["1 file", "2 files"]);
  });
});

function halfRead() {
  const reading = newReading("/x\ny", 2);
  Object.assign(reading.found, { files: 1000, bytes: 100e6 });
  Object.assign(reading.done, { files: 500, bytes: 50e6 });
  reading.walked = true;
  return reading;
}

class Screen {
  readonly written: string[] = [];
  readonly isTTY: boolean;
  readonly columns: number;
  constructor(isTTY: boolean, columns = 0) {
    this.isTTY = isTTY;
    this.columns = columns;
  }
  get last(): string | undefined {
    return this.written.at(-1);
  }
  write(text: string): boolean {
    this.written.push(text);
    return true;
  }
}
