import { type Codec, type CodecOptions, type CodecSession, parseJson, RpcError } from "@portolan/protocol";
import { ByteQueue } from "./byte-queue.ts";

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
  readonly #bytes = new ByteQueue();

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
    this.#bytes.push(data);
    const frames: unknown[] = [];
    for (;;) {
      const length = this.#bytes.peekUint32(false);
      if (length === undefined) return frames;
      if (length > this.#maxBuffer) throw tooLong(length, this.#maxBuffer);
      if (this.#bytes.length < headerBytes + length) return frames;
      frames.push(this.#decodeFrame(this.#bytes.take(headerBytes + length).subarray(headerBytes)));
    }
  }

  #decodeFrame(body: Uint8Array): unknown {
    if (body[0] !== pieceMark) return parseJson(new TextDecoder().decode(body), this.#guard);
    const headEnd = 2 + (body[1] ?? 0);
    const head = parseJson(new TextDecoder().decode(body.subarray(2, headEnd)), this.#guard);
    if (!Array.isArray(head)) throw new RpcError("PROTOCOL_ERROR", "expected the head of a piece");
    return [...head, body.slice(headEnd)];
  }
}

function tooLong(length: number, most: number): RpcError {
  return new RpcError("RESOURCE_EXHAUSTED", `a frame of ${length} bytes is longer than ${most}`);
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
