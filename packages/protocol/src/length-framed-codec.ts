import { ByteQueue } from "./byte-queue.ts";
import type { Codec, CodecOptions, CodecSession } from "./codec.ts";
import { RpcError } from "./error.ts";
import { joinBytes } from "./join-bytes.ts";
import { parseJson } from "./json-codec.ts";
import { otherCarriage } from "./other-carriage.ts";
import { randomHex } from "./random-id.ts";
import { lendRoom, takeRoom } from "./write-room.ts";

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

const headerBytes = 4;
const tagBytes = 16;
/** What stands before the only attachment of a frame, and how much text may follow it. */
const headRoom = headerBytes + 1 + tagBytes + 4 + 4;
const textRoom = 512;

/** The first byte of a frame that is more than JSON, which no JSON text begins with. */
const Form = { piece: 0, attached: 1 } as const;

/** Where {@link Attachment}s go while a frame is written. */
let attaching: { readonly tag: string; readonly all: Attachment[] } | undefined;

/**
 * Bytes in a value on its way out: JSON has a name in their place. They are copied
 * to where a frame of their own has room before and behind them, so that a large
 * piece of a stream is copied no more.
 */
class Attachment {
  readonly #room: Uint8Array<ArrayBuffer>;
  readonly length: number;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.#room = takeRoom(headRoom + bytes.length + textRoom);
    // Where it is not copied again its neighbours go along.
    this.#room.fill(0, 0, headRoom).fill(0, headRoom + bytes.length);
    this.#room.set(bytes, headRoom);
  }

  get bytes(): Uint8Array {
    return this.#room.subarray(headRoom, headRoom + this.length);
  }

  toJSON(): string | undefined {
    return attaching && attaching.tag + (attaching.all.push(this) - 1);
  }

  /** The frame of these bytes alone and a text, if that is short. */
  frame(head: Uint8Array, text: Uint8Array): Uint8Array | undefined {
    if (text.length > textRoom) return undefined;
    this.#room.set(head);
    this.#room.set(text, headRoom + this.length);
    return lendRoom(this.#room.subarray(0, headRoom + this.length + text.length), this.#room);
  }
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
    attaching = { tag: this.#tag, all: [] };
    const { tag, all } = attaching;
    try {
      const text = JSON.stringify(frame);
      return all.length > 0 ? encodeAttached(tag, all, text) : encodeText(text);
    } finally {
      attaching = undefined;
    }
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

/** A message whose last part is bytes: only pieces of larger frames have that. */
function isPiece(frame: unknown): frame is readonly [...unknown[], Uint8Array] {
  return Array.isArray(frame) && frame.at(-1) instanceof Uint8Array;
}

/** In two parts, so that the piece is not copied. */
function encodePiece(frame: readonly unknown[]): readonly Uint8Array[] {
  const head = encoder.encode(JSON.stringify(frame.slice(0, -1)));
  const piece = frame.at(-1) as Uint8Array;
  return [joinBytes([numberOf(2 + head.length + piece.length), Uint8Array.of(Form.piece, head.length), head]), piece];
}

/** Length, form, tag, count, lengths; then the attachments and the text. */
function encodeAttached(tag: string, all: readonly Attachment[], text: string): Uint8Array {
  const written = encoder.encode(text);
  const head = new Uint8Array(headRoom + 4 * (all.length - 1));
  const numbers = new DataView(head.buffer);
  const attached = all.reduce((sum, { length }) => sum + length, 0);
  numbers.setUint32(0, head.length - headerBytes + attached + written.length);
  head.set(encoder.encode(String.fromCharCode(Form.attached) + tag), headerBytes);
  numbers.setUint32(headerBytes + 1 + tagBytes, all.length);
  for (const [index, { length }] of all.entries()) numbers.setUint32(headRoom - 4 + 4 * index, length);
  const alone = all.length === 1 ? all[0]?.frame(head, written) : undefined;
  return alone ?? joinBytes([head, ...all.map(({ bytes }) => bytes), written]);
}

/** Small texts are written on a page of ours first, since only then their length is known. */
function encodeText(text: string): Uint8Array {
  if (text.length * 3 > pageBytes) {
    const written = encoder.encode(text);
    return joinBytes([numberOf(written.length), written]);
  }
  page ??= new Uint8Array(headerBytes + pageBytes);
  const { written } = encoder.encodeInto(text, page.subarray(headerBytes));
  page.set(numberOf(written));
  return page.slice(0, headerBytes + written);
}

let page: Uint8Array | undefined;
const pageBytes = 16 * 1024;

function numberOf(length: number): Uint8Array {
  return Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length);
}

function malformed(got: string): RpcError {
  return new RpcError("PROTOCOL_ERROR", `expected a frame, got ${got}`);
}

const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder();
const decoder: TextDecoder = /* @__PURE__ */ new TextDecoder();
const newline = 10;
const longestStray = 64 * 1024;
