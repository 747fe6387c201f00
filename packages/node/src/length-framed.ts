import { type Codec, type CodecOptions, type CodecSession, parseJson, RpcError } from "@portolan/protocol";

/**
 * One frame is four bytes of length, big-endian, and that many bytes of JSON as
 * UTF-8. Framed: for byte streams. A frame is found without looking at its bytes,
 * and the pieces of a large one travel as they are instead of as quoted text:
 * such a frame begins with a zero byte, a byte of length and the piece's own head.
 */
export function lengthFramed(): Codec {
  return {
    name: "length-framed",
    carries: "bytes",
    framed: true,
    chunks: "bytes",
    contentType: "application/octet-stream",
    open: (options) => new LengthFramedSession(options),
  };
}

const headerBytes = 4;
/** No JSON text begins with it. */
const pieceMark = 0;

class LengthFramedSession implements CodecSession {
  readonly #guard: CodecOptions["guard"];
  readonly #maxBuffer: number;
  readonly #chunks: Uint8Array[] = [];
  #buffered = 0;

  constructor({ guard, maxBuffer = 16 * 1024 * 1024 }: CodecOptions = {}) {
    this.#guard = guard;
    this.#maxBuffer = maxBuffer;
  }

  encode(frame: unknown): Uint8Array {
    return isPiece(frame) ? encodePiece(frame) : encodeJson(frame);
  }

  decode(data: unknown): readonly unknown[] {
    if (!(data instanceof Uint8Array)) {
      throw new RpcError("PROTOCOL_ERROR", `expected bytes, got ${data === null ? "null" : typeof data}`);
    }
    this.#chunks.push(data);
    this.#buffered += data.length;
    const frames: unknown[] = [];
    for (let length = this.#nextLength(); length !== undefined; length = this.#nextLength()) {
      if (this.#buffered < headerBytes + length) break;
      frames.push(this.#decodeFrame(this.#take(headerBytes + length).subarray(headerBytes)));
    }
    return frames;
  }

  /** The length that the next header tells, checked before anything is collected for it. */
  #nextLength(): number | undefined {
    if (this.#buffered < headerBytes) return undefined;
    let length = 0;
    for (let at = 0; at < headerBytes; at++) length = length * 256 + this.#byteAt(at);
    if (length <= this.#maxBuffer) return length;
    throw new RpcError("RESOURCE_EXHAUSTED", `a frame of ${length} bytes is longer than ${this.#maxBuffer}`);
  }

  #byteAt(position: number): number {
    let at = position;
    for (const chunk of this.#chunks) {
      if (at < chunk.length) return chunk[at] as number;
      at -= chunk.length;
    }
    return 0;
  }

  /** Takes that many bytes off the front; they are copied only where they lie in several chunks. */
  #take(count: number): Uint8Array {
    this.#buffered -= count;
    const first = this.#chunks[0] as Uint8Array;
    if (first.length >= count) {
      if (first.length === count) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(count);
      return first.subarray(0, count);
    }
    const whole = new Uint8Array(count);
    let at = 0;
    let emptied = 0;
    while (at < count) {
      const chunk = this.#chunks[emptied] as Uint8Array;
      const part = chunk.subarray(0, count - at);
      whole.set(part, at);
      at += part.length;
      if (part.length < chunk.length) this.#chunks[emptied] = chunk.subarray(part.length);
      else emptied++;
    }
    this.#chunks.splice(0, emptied);
    return whole;
  }

  #decodeFrame(body: Uint8Array): unknown {
    if (body[0] !== pieceMark) return parseJson(new TextDecoder().decode(body), this.#guard);
    const headEnd = 2 + (body[1] ?? 0);
    const head = parseJson(new TextDecoder().decode(body.subarray(2, headEnd)), this.#guard);
    if (!Array.isArray(head)) throw new RpcError("PROTOCOL_ERROR", "expected the head of a piece");
    return [...head, body.slice(headEnd)];
  }
}

/** A message whose last part is bytes: only pieces of larger frames have that. */
function isPiece(frame: unknown): frame is readonly [...unknown[], Uint8Array] {
  return Array.isArray(frame) && frame.at(-1) instanceof Uint8Array;
}

function encodePiece(frame: readonly unknown[]): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify(frame.slice(0, -1)));
  const piece = frame.at(-1) as Uint8Array;
  const encoded = withHeader(2 + head.length + piece.length);
  encoded[headerBytes] = pieceMark;
  encoded[headerBytes + 1] = head.length;
  encoded.set(head, headerBytes + 2);
  encoded.set(piece, headerBytes + 2 + head.length);
  return encoded;
}

function encodeJson(frame: unknown): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(frame));
  const encoded = withHeader(text.length);
  encoded.set(text, headerBytes);
  return encoded;
}

function withHeader(length: number): Uint8Array {
  const encoded = new Uint8Array(headerBytes + length);
  new DataView(encoded.buffer).setUint32(0, length);
  return encoded;
}
