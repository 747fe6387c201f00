import { ByteWindow } from "./byte-window.ts";
import type { Limits } from "./limits.ts";

/** What a reader has granted its producer, and what of it has been used: all counted since the start of the stream. */
export class StreamCredit {
  readonly #limits: Limits;
  readonly #bytes: ByteWindow;
  /** Items to grant ahead of what has been consumed. */
  #window: number;
  #received = 0;
  #receivedBytes = 0;
  #consumed = 0;
  #consumedBytes = 0;
  #granted = 0;
  #grantedBytes = 0;
  #starved = false;

  constructor(limits: Limits, network: boolean) {
    this.#limits = limits;
    this.#window = limits.windowItems;
    this.#bytes = new ByteWindow(limits.windowBytes, network);
  }

  /** Nothing has been granted yet. */
  get unused(): boolean {
    return this.#granted === 0;
  }

  /**
   * Whether so many items are within what was granted. The last one may pass the
   * window of bytes, since a producer looks at its credit before each item.
   */
  fits(items: number, bytes: number, last: number): boolean {
    const { windowBytes } = this.#limits;
    const ahead = this.#receivedBytes - this.#consumedBytes;
    return this.#received + items <= this.#granted && ahead <= windowBytes && ahead + bytes - last <= 2 * windowBytes;
  }

  /** Items have arrived. `waiting` says that the reader had nothing left. */
  arrived(items: number, bytes: number, waiting: boolean): void {
    this.#received += items;
    this.#receivedBytes += bytes;
    this.#bytes.arrived(bytes, this.#receivedBytes, waiting);
  }

  /** The reader has to wait: what is granted next is more, if anything was granted before. */
  starve(): void {
    this.#starved = this.#granted > 0;
  }

  /** An item has been read; `bytes` are those of its chunk, once all of that has. Says whether half of a window is used. */
  consume(bytes: number | undefined): boolean {
    this.#consumed++;
    if (bytes !== undefined) this.#consumedBytes += bytes;
    if (this.#granted - this.#consumed <= this.#window / 2) return true;
    return bytes !== undefined && this.#grantedBytes - this.#consumedBytes <= this.#bytes.size / 2;
  }

  /** Grants anew: returns how much in all. `begun` are the bytes of what has been read of the chunk at hand. */
  grant(begun: number): readonly [items: number, bytes: number] {
    if (this.#starved) this.#window = Math.min(this.#window * 2, this.#limits.maxWindowItems);
    this.#starved = false;
    const before = this.#grantedBytes;
    this.#granted = this.#consumed + this.#window;
    this.#grantedBytes = Math.max(before, this.#consumedBytes + begun + this.#bytes.size);
    if (this.#grantedBytes > before) this.#bytes.granted(before, this.#receivedBytes);
    return [this.#granted, this.#grantedBytes];
  }
}
