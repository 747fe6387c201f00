/** Bytes that arrived in pieces, to be taken in other pieces. What lies within one piece is never copied. */
export class ByteQueue {
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** What is free behind the last piece, so that a peer that sends byte by byte makes few objects. */
  #spare: Uint8Array = none;

  get length(): number {
    return this.#length;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#length += piece.length;
    if (this.#pieces.length === 0 || piece.length > smallPiece) {
      this.#pieces.push(piece);
      this.#spare = none;
    } else this.#append(piece);
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

  /** The big-endian number in the first four bytes, once they are here. */
  peekUint32(littleEndian: boolean): number | undefined {
    if (this.#length < 4) return undefined;
    const [a, b, c, d] = [this.at(0), this.at(1), this.at(2), this.at(3)] as const;
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
    const whole = new Uint8Array(count);
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
