import { setImmediate as breathe } from "node:timers/promises";
import type { Call } from "@portolan/server";
import { type Outcome, readFile } from "./read-file.ts";

/** How far a worker is since it said so last. */
export type OnProgress = (files: number, bytes: number) => void;

/** What a worker can do. Only its type is known to the main thread. */
export const work = {
  /**
   * Reads files one after the other, and tells how far it is some times a second. What cannot be read is an outcome
   * too. Stops soon after its call is cancelled.
   */
  async read(this: Call, paths: readonly string[], onProgress: OnProgress): Promise<Outcome[]> {
    const teller = new Teller(onProgress);
    const outcomes: Outcome[] = [];
    for (const path of paths) {
      for (const step of readFile(path)) {
        if (typeof step === "number") teller.add(0, step);
        else outcomes.push(step);
        if (await teller.pause()) this.signal.throwIfAborted();
      }
      teller.add(1, 0);
    }
    teller.tell();
    return outcomes;
  },
};

export type Work = typeof work;

/** Milliseconds of reading between two looks at what else there is to do. */
const turn = 25;

/** Sums up what was done, and now and then lets messages go out and come in. */
class Teller {
  readonly #onProgress: OnProgress;
  #files = 0;
  #bytes = 0;
  #since = performance.now();

  constructor(onProgress: OnProgress) {
    this.#onProgress = onProgress;
  }

  add(files: number, bytes: number): void {
    this.#files += files;
    this.#bytes += bytes;
  }

  /** Says what has been added since the last time. */
  tell(): void {
    if (this.#files + this.#bytes > 0) this.#onProgress(this.#files, this.#bytes);
    this.#files = this.#bytes = 0;
  }

  /** Resolves with true when it was time for a pause: a cancellation may have come. */
  async pause(): Promise<boolean> {
    if (performance.now() - this.#since < turn) return false;
    this.tell();
    await breathe();
    this.#since = performance.now();
    return true;
  }
}
