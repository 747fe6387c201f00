import { freshBytes } from "./fresh-bytes.ts";

/** Bytes that arrived in pieces, to be taken in other pieces. What lies within one piece is never copied. */
export class ByteQueue {
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** What is free behind the last piece, so that a peer that sends byte by byte makes few objects. */
  #spare: Uint8Array = none;
  /** What is free belongs to bytes that {@link gather} makes one. */
  #gathering = false;

  get length(): number {
    return this.#length;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (this.#gathering) return this.#pushGathered(piece);
    this.#length += piece.length;
    if (this.#pieces.length === 0 || piece.length > smallPiece) {
      this.#pieces.push(piece);
      this.#spare = none;
    } else this.#append(piece);
  }

  /**
   * The `count` bytes behind the first `skip`, of which some are here, are going to be taken as one: those to come are
   * put in their place as they arrive. Does nothing before an eighth of them is here, so that nobody makes us hold much
   * by announcing it.
   */
  gather(skip: number, count: number): void {
    const here = this.#length - skip;
    if (this.#gathering || here >= count || here * 8 < count) return;
    const head = this.take(skip);
    const whole = freshBytes(count);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [head, whole.subarray(0, at)];
    this.#spare = whole.subarray(at);
    this.#length += skip;
    this.#gathering = true;
  }

  /** The byte at an index; there must be as many. */
  at(index: number): number {
    let left = index;
    for (const piece of this.#pieces) {
      if (left < piece.length) return piece[left] as number;
      left -= piece.length;
    }
    return 0;
  }

  /** The number in the four bytes at an index, once they are here. */
  peekUint32(littleEndian: boolean, index = 0): number | undefined {
    if (this.#length < index + 4) return undefined;
    const [a, b, c, d] = [this.at(index), this.at(index + 1), this.at(index + 2), this.at(index + 3)] as const;
    return (littleEndian ? (d << 24) | (c << 16) | (b << 8) | a : (a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  }

  /** Takes that many bytes off the front; there must be as many. */
  take(count: number): Uint8Array {
    // One of its own: who gets it may move it, which leaves nothing behind.
    if (count === 0) return new Uint8Array(0);
    this.#length -= count;
    const first = this.#pieces[0] as Uint8Array;
    if (first.length < count) return this.#takeAcross(count);
    if (first.length === count) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(count);
    return first.subarray(0, count);
  }

  #pushGathered(piece: Uint8Array): void {
    const part = piece.subarray(0, this.#spare.length);
    this.#length += part.length;
    this.#append(part);
    this.#gathering = this.#spare.length > 0;
    this.push(piece.subarray(part.length));
  }

  #append(piece: Uint8Array): void {
    if (piece.length > this.#spare.length) {
      this.#spare = new Uint8Array(pageBytes);
      this.#pieces.push(this.#spare.subarray(0, 0));
    }
    const last = this.#pieces.length - 1;
    const { byteOffset, length } = this.#pieces[last] as Uint8Array;
    this.#spare.set(piece);
    this.#pieces[last] = new Uint8Array(this.#spare.buffer, byteOffset, length + piece.length);
    this.#spare = this.#spare.subarray(piece.length);
  }

  #takeAcross(count: number): Uint8Array {
    const whole = freshBytes(count);
    let at = 0;
    let emptied = 0;
    while (at < count) {
      const piece = this.#pieces[emptied] as Uint8Array;
      const part = piece.subarray(0, count - at);
      whole.set(part, at);
      at += part.length;
      if (part.length < piece.length) this.#pieces[emptied] = piece.subarray(part.length);
      else emptied++;
    }
    this.#pieces.splice(0, emptied);
    return whole;
  }
}

const none = new Uint8Array(0);
/** Pieces up to this go together on pages of that size, when something waits already. */
const smallPiece = 512;
const pageBytes = 16 * 1024;
