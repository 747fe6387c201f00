import { ByteQueue } from "./byte-queue.ts";
import type { Codec, CodecOptions, CodecSession } from "./codec.ts";
import { RpcError } from "./error.ts";
import { parseJson } from "./json-codec.ts";
import {
  Attachment,
  encodeFrame,
  encodePiece,
  Form,
  headerBytes,
  headRoom,
  isPiece,
  tagBytes,
} from "./length-framed-writer.ts";
import { otherCarriage } from "./other-carriage.ts";
import { randomHex } from "./random-id.ts";

/** What {@link lengthFramed} does with bytes that are no frame. */
export interface LengthFramedOptions {
  /**
   * Hears a line that stands where a frame should (something printed to a shared
   * standard output), which is then skipped. Without it such a line ends the session.
   */
  readonly onStray?: (line: string) => void;
}

/**
 * The binary form: four bytes of length, big-endian, and that many bytes. Typed
 * arrays and the pieces of large messages travel in it as they are, beside the JSON
 * of everything else; never as base64. Framed: for byte streams, and for carriers of
 * whole messages alike.
 */
export function lengthFramed(options: LengthFramedOptions = {}): Codec {
  return {
    name: "length-framed",
    carries: "bytes",
    framed: true,
    chunks: "bytes",
    contentType: "application/octet-stream",
    attach: (bytes) => new Attachment(bytes),
    open: (session) => new LengthFramedSession(options, session),
  };
}

class LengthFramedSession implements CodecSession {
  readonly #guard: CodecOptions["guard"];
  readonly #maxBuffer: number;
  readonly #onStray: LengthFramedOptions["onStray"];
  readonly #bytes = new ByteQueue();
  /** Begins what stands for bytes, so that no text of a user's can be taken for it. */
  #tag = "";

  constructor({ onStray }: LengthFramedOptions, { guard, maxBuffer = 16 * 1024 * 1024 }: CodecOptions = {}) {
    this.#onStray = onStray;
    this.#guard = guard;
    this.#maxBuffer = maxBuffer;
  }

  encode(frame: unknown): Uint8Array | readonly Uint8Array[] {
    if (isPiece(frame)) return encodePiece(frame);
    this.#tag ||= randomHex(2);
    return encodeFrame(frame, this.#tag);
  }

  decode(data: unknown): readonly unknown[] {
    if (!(data instanceof Uint8Array)) throw otherCarriage("bytes", data);
    this.#bytes.push(data);
    const frames: unknown[] = [];
    for (;;) {
      if (this.#onStray && this.#bytes.length > 0 && this.#bytes.at(0) !== 0) {
        if (!this.#skipStray(this.#onStray)) return frames;
        continue;
      }
      const length = this.#bytes.peekUint32(false);
      if (length === undefined) return frames;
      if (length > this.#maxBuffer) throw this.#tooLong(length);
      if (this.#bytes.length < headerBytes + length) {
        this.#gatherAttachment();
        return frames;
      }
      this.#bytes.take(headerBytes);
      frames.push(this.#takeFrame(length));
    }
  }

  /** What begins with letters is most likely another codec's. */
  #tooLong(length: number): RpcError {
    const begins = decoder.decode(this.#bytes.take(headerBytes));
    if (/^[\t -~]/.test(begins)) return malformed(`${JSON.stringify(begins)}: do both sides use the same codec?`);
    return new RpcError("RESOURCE_EXHAUSTED", `a frame of ${length} bytes is longer than ${this.#maxBuffer}`);
  }

  #takeFrame(length: number): unknown {
    const form = length > 0 ? this.#bytes.at(0) : undefined;
    if (form === Form.piece) return this.#takePiece(length);
    if (form === Form.attached) return this.#takeAttached(length);
    return this.#takeText(length);
  }

  /** A large array that comes alone in its frame is put together while it arrives. */
  #gatherAttachment(): void {
    const bytes = this.#bytes;
    if (bytes.length <= headRoom || bytes.at(headerBytes) !== Form.attached) return;
    const alone = bytes.peekUint32(false, headRoom - 8) === 1;
    if (alone) bytes.gather(headRoom, bytes.peekUint32(false, headRoom - 4) as number);
  }

  #takeText(length: number): unknown {
    return parseJson(decoder.decode(this.#bytes.take(length)), this.#guard);
  }

  #takePiece(length: number): unknown {
    const headLength = length > 1 ? (this.#bytes.take(2)[1] as number) : 0;
    const left = length - 2 - headLength;
    if (left < 0) throw malformed("a piece without its head");
    const head = this.#takeText(headLength);
    if (!Array.isArray(head)) throw malformed("a piece without its head");
    return [...(head as unknown[]), this.#bytes.take(left)];
  }

  #takeAttached(length: number): unknown {
    let left = length - 1 - tagBytes - 4;
    if (left < 0) throw malformed("no attachments");
    const tag = decoder.decode(this.#bytes.take(1 + tagBytes).subarray(1));
    const count = this.#takeNumber();
    left -= 4 * count;
    if (left < 0) throw malformed(`${count} attachments`);
    const lengths = Array.from({ length: count }, () => this.#takeNumber());
    for (const each of lengths) left -= each;
    if (left < 0) throw malformed("attachments longer than itself");
    const attached = lengths.map((each) => this.#bytes.take(each));
    return putBack(this.#takeText(left), tag, attached);
  }

  #takeNumber(): number {
    const number = this.#bytes.peekUint32(false) as number;
    this.#bytes.take(4);
    return number;
  }

  /** Skips a line that is no frame; ours are far too short for a length that begins with anything but 0. Says whether it was whole. */
  #skipStray(onStray: (line: string) => void): boolean {
    const { length } = this.#bytes;
    let end = 0;
    while (end < length && this.#bytes.at(end) !== newline && this.#bytes.at(end) !== 0) end++;
    if (end > longestStray) throw malformed(`a line of more than ${longestStray} bytes`);
    if (end === length) return false;
    const line = decoder.decode(this.#bytes.take(this.#bytes.at(end) === 0 ? end : end + 1)).trim();
    if (line !== "") onStray(line);
    return true;
  }
}

/** Puts bytes where their names stand; each name counts once, or one buffer would become many. */
function putBack(frame: unknown, tag: string, attached: (Uint8Array | undefined)[]): unknown {
  const waiting: unknown[] = [frame];
  while (waiting.length > 0) {
    const container = waiting.pop() as Record<string, unknown>;
    for (const key of Object.keys(container)) {
      const value = container[key];
      if (typeof value === "object" && value !== null) waiting.push(value);
      else if (typeof value !== "string" || !value.startsWith(tag)) continue;
      else {
        const index = Number(value.slice(tagBytes));
        // An own key already, so even `__proto__` is only written over.
        container[key] = attached[index] ?? value;
        attached[index] = undefined;
      }
    }
  }
  return frame;
}

function malformed(got: string): RpcError {
  return new RpcError("PROTOCOL_ERROR", `expected a frame, got ${got}`);
}

const decoder: TextDecoder = /* @__PURE__ */ new TextDecoder();
const newline = 10;
const longestStray = 64 * 1024;
