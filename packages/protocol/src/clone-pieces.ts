import { ByteQueue } from "./byte-queue.ts";
import { cloneCodec } from "./clone-codec.ts";
import type { Codec, FramePieces } from "./codec.ts";
import { parseJson } from "./json-codec.ts";
import { joinChunks } from "./session/fragments.ts";
import { defaultLimits } from "./session/limits.ts";
import { mark, unmark } from "./transfer-mark.ts";
import { ValueKind } from "./values/kinds.ts";
import { type Packed, type PackOptions, pack } from "./values/pack.ts";
import { expect, refuse, writePath } from "./values/refusal.ts";
import { resolveSlot, type Slot } from "./values/slots.ts";
import { unpack } from "./values/unpack.ts";

/**
 * The codec of carriers that take objects up to a certain size: as `clone()`, and
 * speaks to it, but a frame larger than `traits.maxMessage` travels in fragments,
 * values of every kind included: as JSON text, and its bytes as they are where the
 * carrier clones. What only the platform can carry (a Blob, a moved port) is
 * refused with INVALID_ARGUMENT in such a frame, and only its call rejects.
 */
export function cloneInPieces(): Codec {
  return { ...cloneCodec, pieces };
}

/** The text is `[data, table, lengths]`: of the bytes that were taken out of the data, in the order of the table. */
const pieces: FramePieces = {
  write(frame, limit) {
    if (!isLarger(frame, limit)) return undefined;
    const { data, table } = packWhole(frame as object);
    const root = { value: data };
    const slots = (table ?? []).map((entry) => resolveSlot(root, entry));
    const native = slots.findIndex(({ kind }) => kind === ValueKind.native);
    if (native >= 0) throw refuse("INVALID_ARGUMENT", `${writePath("message", table?.[native]?.[1] ?? [])} ${tooMuch}`);
    const bytes = slots.filter(holdsBytes).map((slot) => replace(slot, null) as Uint8Array);
    return [JSON.stringify([root.value, table, bytes.map(({ length }) => length)]), ...bytes];
  },
  read(chunks, guard) {
    const text = joinChunks(chunks.filter((chunk) => typeof chunk === "string"));
    const [data, table, lengths] = parseJson(text, guard) as readonly unknown[];
    const root = { value: data };
    const bytes = divide(
      chunks.filter((chunk) => typeof chunk !== "string"),
      lengths,
    );
    const slots = Array.isArray(table) ? table.map((entry) => resolveSlot(root, entry, guard?.depth)) : [];
    for (const slot of slots) if (holdsBytes(slot) && slot.data === null) replace(slot, bytes.shift());
    const limits = guard && { ...defaultLimits, ...guard };
    return unpack(root.value, table, { trusted: !guard, limits, references, root: "message" });
  },
};

const tooMuch = "cannot cross: the message is too large for this way in one, and this has no other form; send it alone";

function holdsBytes({ kind }: Slot): boolean {
  return kind === ValueKind.bytes;
}

/** Puts something else in a place that the table names; returns what stood there. */
function replace({ container, key, data }: Slot, value: unknown): unknown {
  (container as Record<number | string, unknown>)[key] = value;
  return data;
}

/** The frame is a copy already, so its buffers are taken as if they were moved, and not copied again. */
function packWhole(frame: object): Packed {
  const options: PackOptions = {
    level: "json",
    attachments: true,
    trusted: true,
    moves: "all",
    root: "message",
    references,
  };
  mark(frame);
  try {
    return pack(frame, options);
  } finally {
    unmark(frame);
  }
}

/** What was sent in pieces, one after another, in the lengths that it had. */
function divide(chunks: readonly Uint8Array[], lengths: unknown): Uint8Array[] {
  const total = chunks.reduce((sum, { length }) => sum + length, 0);
  const whole = Array.isArray(lengths) && lengths.every((length) => Number.isInteger(length) && length >= 0);
  expect(whole && lengths.reduce((sum, length) => sum + length, 0) === total, "bytes of these lengths");
  const waiting = new ByteQueue();
  for (const chunk of chunks) waiting.push(chunk);
  return lengths.map((length) => waiting.take(length));
}

/** Whether a frame holds more than `limit`: units of texts, bytes of buffers, and eight for anything else. */
function isLarger(frame: unknown, limit: number): boolean {
  const seen = new Set<unknown>();
  const waiting: unknown[] = [frame];
  let size = 0;
  while (waiting.length > 0 && size <= limit) {
    const next = waiting.pop();
    size += typeof next === "string" ? next.length + 2 : 8;
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    const { byteLength } = next as { readonly byteLength?: unknown };
    if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) size += Number(byteLength);
    else for (const item of partsOf(next)) waiting.push(item);
  }
  return size > limit;
}

function partsOf(container: object): Iterable<unknown> {
  if (Array.isArray(container) || container instanceof Set) return container;
  // One by one: as arguments of a function there may be too many.
  return (container instanceof Map ? [...container] : Object.entries(container)).flat(1);
}

/** References are in the messages' own tables, as plain data. */
const references: PackOptions["references"] & Parameters<typeof unpack>[2]["references"] = {
  recognise: () => undefined,
  write: noReference,
  read: noReference,
};

function noReference(): never {
  throw refuse("INVALID_ARGUMENT", "a frame in pieces holds no references");
}
