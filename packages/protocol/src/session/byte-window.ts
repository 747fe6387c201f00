/** Where windows over a network begin, in bytes: as much as costs nothing where the other end is near. */
const nearby = 128 * 1024;

/** A reader that waits longer than this for what it has just granted, in milliseconds, is far from its producer. */
const far = 1;

/**
 * How many bytes may be under way to one reader. Over a network they stand in line before the
 * small calls beside them, so a window there begins small: it doubles when the reader has run dry
 * twice in a row for want of credit, as it does over a long way, and slowly shrinks when it has not.
 */
export class ByteWindow {
  /** Bytes to grant ahead of what has been consumed. */
  size: number;
  readonly #most: number;
  #least: number;
  /** What had been granted before the grant that is being judged; 0 while none is. */
  #before = 0;
  /** Since when all of that has been here, once it is. */
  #dry: number | undefined;
  #wasDry = false;

  /** @param most the limit of bytes. */
  constructor(most: number, network: boolean) {
    this.#most = most;
    this.#least = network ? Math.min(nearby, most) : most;
    this.size = this.#least;
  }

  /** More has been granted. `before` and `received` count since the start of the stream. */
  granted(before: number, received: number): void {
    if (this.#before > 0) return;
    this.#before = before;
    this.#look(received);
  }

  /** Bytes have arrived. `received` counts them too; `waiting` says that the reader had nothing left. */
  arrived(bytes: number, received: number, waiting: boolean): void {
    if (this.#least === this.#most) return;
    // One may be under way while another is read, however large they are.
    this.#least = Math.min(this.#most, Math.max(this.#least, 2 * bytes));
    if (this.#dry === undefined) this.#look(received);
    else this.#judge(waiting && performance.now() - this.#dry > far);
    this.size = Math.min(this.#most, Math.max(this.#least, this.size));
  }

  #look(received: number): void {
    if (this.#before > 0 && received >= this.#before) this.#dry = performance.now();
  }

  #judge(dry: boolean): void {
    const again = dry && this.#wasDry;
    if (again) this.size *= 2;
    else if (!dry) this.size = Math.floor(this.size * 0.9);
    this.#wasDry = dry && !again;
    this.#dry = undefined;
    this.#before = 0;
  }
}
