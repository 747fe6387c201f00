import { type Amount, type Reading, secondsOf } from "./reading.ts";

/** Opening a file costs about as much as reading this many bytes of it. */
const costOfFile = 32 * 1024;
/** Seconds after which an older pace counts for a third. */
const memory = 3;

/** How fast it goes now, and when it will be done. */
export class Pace {
  #at = 0;
  #files = 0;
  #bytes = 0;
  #filesPerSecond = 0;
  #bytesPerSecond = 0;

  /** Looks at a reading; a few times a second. */
  look(reading: Reading): void {
    const at = secondsOf(reading);
    const passed = at - this.#at;
    if (passed <= 0) return;
    const fresh = this.#at === 0 ? 1 : 1 - Math.exp(-passed / memory);
    this.#filesPerSecond += fresh * ((reading.done.files - this.#files) / passed - this.#filesPerSecond);
    this.#bytesPerSecond += fresh * ((reading.done.bytes - this.#bytes) / passed - this.#bytesPerSecond);
    [this.#at, this.#files, this.#bytes] = [at, reading.done.files, reading.done.bytes];
  }

  get filesPerSecond(): number {
    return this.#filesPerSecond;
  }

  get bytesPerSecond(): number {
    return this.#bytesPerSecond;
  }

  /** The part that is done, from 0 to 1; `undefined` while files are still being found. */
  static done({ done, found, walked }: Reading): number | undefined {
    if (!walked) return undefined;
    return found.files === 0 ? 1 : Math.min(1, cost(done) / cost(found));
  }

  /** Seconds left; `undefined` while nobody can know. */
  left({ done, found, walked }: Reading): number | undefined {
    const speed = cost({ files: this.#filesPerSecond, bytes: this.#bytesPerSecond });
    return walked && speed > 0 ? Math.max(0, cost(found) - cost(done)) / speed : undefined;
  }
}

function cost({ files, bytes }: Amount): number {
  return files * costOfFile + bytes;
}
