import type { FoundFile } from "./walk.ts";

/** How many files may wait for a worker before the walk pauses. */
const mostWaiting = 100_000;
const mostFiles = 64;
const mostBytes = 8 * 1024 * 1024;

/**
 * Files on their way to the workers. Whoever asks gets a fair share of what waits: many small files or few large
 * ones, and ever fewer towards the end, so that all workers finish together.
 */
export class Batches {
  readonly #threads: number;
  readonly #signal: AbortSignal;
  #waiting: FoundFile[] = [];
  /** How many of the waiting have been handed out; they are dropped together. */
  #gone = 0;
  #ended = false;
  /** Resolves whoever waits for files, or for room, when something changes. */
  #sleepers: (() => void)[] = [];

  constructor(threads: number, signal: AbortSignal) {
    this.#threads = threads;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake(), { once: true });
  }

  /** Adds files; resolves once there is room for more. */
  async add(files: readonly FoundFile[]): Promise<void> {
    for (const file of files) this.#waiting.push(file);
    this.#wake();
    while (this.#left > mostWaiting && !this.#signal.aborted) await this.#change();
  }

  /** No more will be added. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The next share; `undefined` when there is nothing left to do. */
  async take(): Promise<FoundFile[] | undefined> {
    while (this.#left === 0 && !this.#ended && !this.#signal.aborted) await this.#change();
    if (this.#left === 0 || this.#signal.aborted) return undefined;
    const share = this.#cut();
    this.#wake();
    return share;
  }

  get #left(): number {
    return this.#waiting.length - this.#gone;
  }

  #cut(): FoundFile[] {
    // Small shares are for the end; before it, more is to come.
    const shares = this.#ended ? this.#threads * 4 : this.#threads;
    const most = Math.min(mostFiles, Math.ceil(this.#left / shares));
    const share: FoundFile[] = [];
    let bytes = 0;
    while (share.length < most && bytes < mostBytes) {
      const file = this.#waiting[this.#gone];
      if (file === undefined || (share.length > 0 && bytes + file.size > mostBytes)) break;
      share.push(file);
      bytes += file.size;
      this.#gone++;
    }
    if (this.#gone > 1000 && this.#gone * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#gone);
      this.#gone = 0;
    }
    return share;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#sleepers.push(resolve));
  }

  #wake(): void {
    for (const sleeper of this.#sleepers.splice(0)) sleeper();
  }
}
