import type { Key } from "../message.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { tagOf, viewTypeOf } from "./brands.ts";
import { ValueKind } from "./kinds.ts";
import type { Packing } from "./packing.ts";
import { expect } from "./refusal.ts";
import type { Reviver } from "./reviving.ts";

/** Copies from here on are moved where the carrier can: one copy instead of two. */
const worthMoving = 16_384;

/**
 * Packs a buffer, or a view as exactly its own bytes: what else its buffer holds
 * stays here. Two views of one buffer arrive as two buffers, unless it is moved.
 * A buffer that can grow arrives with the length it has now.
 */
export function packBytes(source: ArrayBuffer | ArrayBufferView, key: Key, packing: Packing): unknown {
  const view = ArrayBuffer.isView(source);
  const buffer = view ? source.buffer : source;
  if (tagOf(buffer) === "SharedArrayBuffer") return packShared(source, key, packing);
  // Throws for a buffer that has been moved away.
  const bytes = view ? new Uint8Array(buffer, source.byteOffset, source.byteLength) : new Uint8Array(buffer);
  const type = view ? viewTypeOf(source) : "ArrayBuffer";
  const { length } = bytes;
  packing.size += 16 + length;
  if (!packing.natives) {
    packing.meet(source, key, null);
    packing.entry(ValueKind.bytes, key, type);
    if (packing.options.attach) return packing.options.attach(bytes);
    packing.size += length >> 2;
    return toBase64(bytes);
  }
  packing.plain = false;
  const moved = packing.moving > 0 && packing.movesAll && length === buffer.byteLength;
  const own = moved ? bytes : bytes.slice();
  packing.moved ||= moved;
  if (moved || (packing.movesAll && length >= worthMoving)) packing.move(own.buffer);
  // While nobody asks for its buffer a small view stays on the heap, where a copy costs half.
  const out = packing.clone && type !== "Uint8Array" ? viewOf(type, own.buffer as ArrayBuffer) : own;
  packing.meet(source, key, out, "share");
  if (!packing.clone) packing.entry(ValueKind.bytes, key, type);
  return out;
}

/** Packs a SharedArrayBuffer or a view of one: both ends will see the same memory. */
export function packShared(source: object, key: Key, packing: Packing): unknown {
  packing.needsTrust("shared memory");
  return packNative(source, source, key, packing);
}

/** Puts a thing in its place as it is, for the carrier to clone or move. */
export function packNative(source: object, out: object, key: Key, packing: Packing): unknown {
  packing.plain = false;
  packing.size += 64;
  packing.meet(source, key, out, "share");
  if (!packing.clone) packing.entry(ValueKind.native, key);
  return out;
}

type ViewConstructor = { new (buffer: ArrayBuffer): ArrayBufferView; readonly BYTES_PER_ELEMENT?: number };

/** The constructor of a type of view; `undefined` for ArrayBuffer, and for types that this runtime lacks. */
function constructorOf(type: string): ViewConstructor | undefined {
  const known = /^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$|^DataView$/.test(type);
  return known ? (globalThis as unknown as Record<string, ViewConstructor>)[type] : undefined;
}

function viewOf(type: string, buffer: ArrayBuffer): ArrayBuffer | ArrayBufferView {
  const View = type === "ArrayBuffer" ? undefined : constructorOf(type);
  return View ? new View(buffer) : buffer;
}

export const bytesReviver: Reviver = {
  open(data, [type]) {
    const bytes = typeof data === "string" ? fromBase64(data) : data;
    expect(ArrayBuffer.isView(bytes) && tagOf(bytes.buffer) === "ArrayBuffer" && typeof type === "string", "bytes");
    const View = constructorOf(type);
    expect(View || type === "ArrayBuffer", "a known type of bytes");
    expect(bytes.byteLength % (View?.BYTES_PER_ELEMENT ?? 1) === 0, `a whole ${type}`);
    return viewOf(type, ownBuffer(bytes));
  },
};

/** A codec's bytes may lie in the middle of its own buffer: those are copied out. */
function ownBuffer({ buffer, byteOffset, byteLength }: ArrayBufferView): ArrayBuffer {
  const whole = byteLength === buffer.byteLength;
  return (whole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}
