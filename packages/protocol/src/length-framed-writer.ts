import { joinBytes } from "./join-bytes.ts";
import { lendRoom, takeRoom } from "./write-room.ts";

/** The length that stands before every frame. */
export const headerBytes = 4;
/** How long a tag is, and so what stands for bytes, but for their number. */
export const tagBytes = 16;
/** What stands before the only attachment of a frame, and how much text may follow it. */
export const headRoom: number = headerBytes + 1 + tagBytes + 4 + 4;
const textRoom = 512;

/** The first byte of a frame that is more than JSON, which no JSON text begins with. */
export const Form = { piece: 0, attached: 1 } as const;

/** Where {@link Attachment}s go while a frame is written. */
let attaching: { readonly tag: string; readonly all: Attachment[] } | undefined;

/**
 * Bytes in a value on its way out: JSON has a name in their place. They are copied
 * to where a frame of their own has room before and behind them, so that a large
 * piece of a stream is copied no more.
 */
export class Attachment {
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

/** A message whose last part is bytes: only pieces of larger frames have that. */
export function isPiece(frame: unknown): frame is readonly [...unknown[], Uint8Array] {
  return Array.isArray(frame) && frame.at(-1) instanceof Uint8Array;
}

/** Writes a piece: in two parts, so that the piece is not copied. */
export function encodePiece(frame: readonly unknown[]): readonly Uint8Array[] {
  const head = encoder.encode(JSON.stringify(frame.slice(0, -1)));
  const piece = frame.at(-1) as Uint8Array;
  return [joinBytes([numberOf(2 + head.length + piece.length), Uint8Array.of(Form.piece, head.length), head]), piece];
}

/** Writes a frame; bytes in it are told by names that begin with `tag`. */
export function encodeFrame(frame: unknown, tag: string): Uint8Array {
  const all: Attachment[] = [];
  attaching = { tag, all };
  try {
    const text = JSON.stringify(frame);
    return all.length > 0 ? encodeAttached(tag, all, text) : encodeText(text);
  } finally {
    attaching = undefined;
  }
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

const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder();
