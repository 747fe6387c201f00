import { freshBytes } from "./fresh-bytes.ts";

/** Rooms of this size are worth keeping; smaller ones cost little, larger ones too much while nobody writes. In bytes. */
const smallest = 16 * 1024;
const largest = 2 * 1024 * 1024;
/** What waits for the next writers, at most, in bytes. */
const mostFree = 4 * 1024 * 1024;

const free: Uint8Array<ArrayBuffer>[] = [];
let freeBytes = 0;
/** The rooms of frames that are on their way. */
const lent: WeakMap<Uint8Array, Uint8Array<ArrayBuffer>> = /* @__PURE__ */ new WeakMap();

/**
 * Room for at least so many bytes, in which anything may stand: a codec writes a frame in it.
 * Fresh memory for each piece of a stream would cost as much as copying it, and collections besides.
 */
export function takeRoom(length: number): Uint8Array<ArrayBuffer> {
  const at = free.findIndex((room) => room.length >= length && room.length <= 2 * length);
  const [room] = free.splice(at, at < 0 ? 0 : 1);
  freeBytes -= room?.length ?? 0;
  return room ?? freshBytes(length);
}

/** Says that `frame` is all that stands in `room`. Returns the frame. */
export function lendRoom(frame: Uint8Array, room: Uint8Array<ArrayBuffer>): Uint8Array {
  if (room.length >= smallest && room.length <= largest) lent.set(frame, room);
  return frame;
}

/** The frame leaves in pieces, one behind the other: when `last` has left, all of it has. */
export function lendPieces(frame: unknown, last: unknown): void {
  const room = lent.get(frame as Uint8Array);
  if (!room || !lent.delete(frame as Uint8Array)) return;
  lent.set(last as Uint8Array, room);
}

/**
 * For adapters: what was sent as `message` has left, and nobody looks at it any more, so
 * that its memory may be written over. Optional: what is never given back is collected.
 */
export function giveBack(message: unknown): void {
  const room = lent.get(message as Uint8Array);
  if (!room) return;
  lent.delete(message as Uint8Array);
  if (freeBytes + room.length > mostFree) return;
  freeBytes += room.length;
  free.push(room);
}
