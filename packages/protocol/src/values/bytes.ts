import type { Key } from "../message.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { tagOf, viewTypeOf } from "./brands.ts";
import { ValueKind } from "./kinds.ts";
import { Meeting, type Packing } from "./packing.ts";
import { malformed } from "./refusal.ts";
import type { Reviver } from "./reviving.ts";

/** Copies from here on are moved where the carrier can: one copy instead of two. */
export const worthMoving = 16_384;

/**
 * Packs a view as exactly its own bytes: what else its buffer holds stays here.
 * Two views of one buffer arrive as two buffers, unless the buffer is moved.
 */
export function packView(source: ArrayBufferView, key: Key, packing: Packing): unknown {
  const { buffer, byteOffset, byteLength } = source;
  if (tagOf(buffer) === "SharedArrayBuffer") return packShared(source, key, packing);
  const type = viewTypeOf(source);
  refuseDetached(buffer, byteLength, key, packing);
  const whole = byteOffset === 0 && byteLength === buffer.byteLength;
  if (packing.moving > 0 && whole && packing.canMoveAll) {
    move(buffer, packing);
    return place(source, makeView(type, buffer as ArrayBuffer, byteOffset, byteLength), type, key, packing);
  }
  if (!packing.carriesNatives)
    return packText(source, new Uint8Array(buffer, byteOffset, byteLength), type, key, packing);
  return place(
    source,
    makeView(type, copyOf(buffer, byteOffset, byteLength, packing), 0, byteLength),
    type,
    key,
    packing,
  );
}

/** Packs an ArrayBuffer. One that can grow arrives with the length it has now. */
export function packBuffer(source: ArrayBuffer, key: Key, packing: Packing): unknown {
  refuseDetached(source, source.byteLength, key, packing);
  if (packing.moving > 0 && packing.canMoveAll) {
    move(source, packing);
    return place(source, source, "ArrayBuffer", key, packing);
  }
  if (!packing.carriesNatives) return packText(source, new Uint8Array(source), "ArrayBuffer", key, packing);
  return place(source, copyOf(source, 0, source.byteLength, packing), "ArrayBuffer", key, packing);
}

/** Packs a SharedArrayBuffer or a view of one: both ends will see the same memory. */
export function packShared(source: object, key: Key, packing: Packing): unknown {
  if (!packing.options.trusted) {
    throw packing.refuse(key, "shared memory goes to trusted peers only; copy it, as with new Uint8Array(view)");
  }
  if (!packing.carriesNatives) throw packing.refuse(key, "shared memory needs a carrier that clones; copy it");
  packing.size += 16;
  packing.plain = false;
  packing.meet(source, key, source, Meeting.share);
  if (!packing.clone) packing.entry(ValueKind.native, key);
  return source;
}

/** Puts bytes in their place as they are; at the json level with an entry that names their type. */
function place(source: object, out: ArrayBufferView | ArrayBuffer, type: string, key: Key, packing: Packing): unknown {
  packing.plain = false;
  packing.size += 16 + out.byteLength;
  packing.meet(source, key, out, Meeting.share);
  if (packing.clone) return out;
  packing.entry(ValueKind.bytes, key, type);
  return ArrayBuffer.isView(out) ? new Uint8Array(out.buffer, out.byteOffset, out.byteLength) : new Uint8Array(out);
}

function packText(source: object, bytes: Uint8Array, type: string, key: Key, packing: Packing): unknown {
  packing.meet(source, key, null);
  packing.entry(ValueKind.bytes, key, type);
  const text = toBase64(bytes);
  packing.size += text.length;
  return text;
}

/** Moves the user's own buffer. */
function move(buffer: object, packing: Packing): void {
  packing.moved = true;
  packing.move(buffer);
}

function copyOf(buffer: ArrayBufferLike, from: number, length: number, packing: Packing): ArrayBuffer {
  const copy = new Uint8Array(length);
  copy.set(new Uint8Array(buffer, from, length));
  if (length >= worthMoving && packing.canMoveAll) packing.move(copy.buffer);
  return copy.buffer;
}

function refuseDetached(buffer: ArrayBufferLike, byteLength: number, key: Key, packing: Packing): void {
  if (byteLength > 0) return;
  try {
    new Uint8Array(buffer);
  } catch (cause) {
    throw packing.refuse(key, "its buffer has been moved away", cause);
  }
}

type ViewConstructor = new (buffer: ArrayBuffer, byteOffset?: number, length?: number) => ArrayBufferView;

/** The views that cross; those that this runtime lacks are refused on arrival. */
const viewTypes: ReadonlyMap<string, { readonly create: ViewConstructor; readonly unit: number }> = new Map(
  [
    ["Uint8Array", 1],
    ["Int8Array", 1],
    ["Uint8ClampedArray", 1],
    ["Uint16Array", 2],
    ["Int16Array", 2],
    ["Float16Array", 2],
    ["Uint32Array", 4],
    ["Int32Array", 4],
    ["Float32Array", 4],
    ["Float64Array", 8],
    ["BigInt64Array", 8],
    ["BigUint64Array", 8],
    ["DataView", 1],
  ].flatMap(([name, unit]) => {
    const create = (globalThis as Record<string, unknown>)[name as string];
    return typeof create === "function"
      ? [[name as string, { create: create as ViewConstructor, unit: unit as number }] as const]
      : [];
  }),
);

function makeView(type: string, buffer: ArrayBuffer, byteOffset: number, byteLength: number): ArrayBufferView {
  const found = viewTypes.get(type);
  if (!found) throw malformed(`this runtime has no ${type}`);
  return new found.create(buffer, byteOffset, byteLength / found.unit);
}

export const bytesReviver: Reviver = {
  open(data, rest) {
    const bytes = typeof data === "string" ? fromBase64(data) : asBytes(data);
    if (!bytes) throw malformed("bytes need base64, or a Uint8Array");
    const type = rest[0];
    const unit = type === "ArrayBuffer" ? 1 : viewTypes.get(type as string)?.unit;
    if (unit === undefined) throw malformed("bytes of an unknown type");
    if (bytes.byteLength % unit !== 0) throw malformed(`bytes that are no whole ${type}`);
    const { buffer, byteLength } = ownBuffer(bytes);
    return type === "ArrayBuffer" ? buffer : makeView(type as string, buffer, 0, byteLength);
  },
};

function asBytes(data: unknown): Uint8Array | undefined {
  return ArrayBuffer.isView(data) && tagOf(data.buffer) === "ArrayBuffer"
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : undefined;
}

/** A codec's bytes may lie in the middle of its own buffer: those are copied out. */
function ownBuffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return whole ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
