import { cloneCodec } from "./clone-codec.ts";
import type { Codec, FramePieces } from "./codec.ts";
import { parseJson } from "./json-codec.ts";
import { packPlain, unpackPlain } from "./session/hello.ts";
import { defaultLimits } from "./session/limits.ts";

/**
 * The codec of carriers that take objects up to a certain size: as `clone()`, and
 * speaks to it, but a frame larger than `traits.maxMessage` travels as JSON text
 * in fragments, values of every kind and bytes included. What has no JSON form (a
 * Blob, a moved port) is refused with INVALID_ARGUMENT, and only its call rejects.
 */
export function cloneInPieces(): Codec {
  return { ...cloneCodec, pieces };
}

const pieces: FramePieces = {
  write(frame, limit) {
    if (!isLarger(frame, limit)) return undefined;
    const { data, table } = packPlain(frame, "message");
    return JSON.stringify(table ? [data, table] : [data]);
  },
  read(text, guard) {
    const [data, table] = parseJson(text, guard) as readonly unknown[];
    return unpackPlain(data, table, "message", guard && { ...defaultLimits, ...guard });
  },
};

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
    else if (next instanceof Map) waiting.push(...next.keys(), ...next.values());
    else if (Array.isArray(next) || next instanceof Set) for (const item of next) waiting.push(item);
    else for (const key of Object.keys(next)) waiting.push(key, (next as Record<string, unknown>)[key]);
  }
  return size > limit;
}
