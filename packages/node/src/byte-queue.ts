/** Bytes that arrived in pieces, to be taken in other pieces. What lies within one piece is never copied. */
export class ByteQueue {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** The number in the first four bytes, once they are here. */
  peekUint32(littleEndian: boolean): number | undefined {
    if (this.#length < 4) return undefined;
    const bytes = new Uint8Array(4);
    let at = 0;
    for (const piece of this.#pieces) {
      const part = piece.subarray(0, 4 - at);
      bytes.set(part, at);
      at += part.length;
      if (at === 4) break;
    }
    return new DataView(bytes.buffer).getUint32(0, littleEndian);
  }

  /** Takes that many bytes off the front; there must be as many. */
  take(count: number): Uint8Array {
    this.#length -= count;
    const first = this.#pieces[0] as Uint8Array;
    if (first.length < count) return this.#takeAcross(count);
    if (first.length === count) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(count);
    return first.subarray(0, count);
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
