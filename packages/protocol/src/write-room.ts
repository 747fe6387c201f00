import { freshBytes } from "./fresh-bytes.ts";

/** Rooms of this size are worth keeping; smaller ones cost little, larger ones too much while nobody writes. In bytes. */
const smallest = 16 * 1024;
const largest = 512 * 1024;
/** How many wait for the next writer, at most. */
const mostFree = 8;

const free: Uint8Array<ArrayBuffer>[] = [];
/** The rooms of frames that are on their way. */
const lent: WeakMap<Uint8Array, Uint8Array<ArrayBuffer>> = /* @__PURE__ */ new WeakMap();

/**
 * Room for at least so many bytes, in which anything may stand: a codec writes a frame in it.
 * Fresh memory for each piece of a stream would cost as much as copying it, and collections besides.
 */
export function takeRoom(length: number): Uint8Array<ArrayBuffer> {
  const at = free.findIndex((room) => room.length >= length && room.length <= 2 * length);
  return free.splice(at, at < 0 ? 0 : 1)[0] ?? freshBytes(length);
}

/** Says that `frame` is all that stands in `room`. Returns the frame. */
export function lendRoom(frame: Uint8Array, room: Uint8Array<ArrayBuffer>): Uint8Array {
  if (room.length >= smallest && room.length <= largest) lent.set(frame, room);
  return frame;
}

/**
 * For adapters: what was sent as `message` has left, and nobody looks at it any more, so
 * that its memory may be written over. Optional: what is never given back is collected.
 */
export function giveBack(message: unknown): void {
  const room = lent.get(message as Uint8Array);
  if (!room) return;
  lent.delete(message as Uint8Array);
  if (free.length < mostFree) free.push(room);
}
