import { nodeOf, RpcTarget } from "@portolan/protocol";

/**
 * About how many bytes a value takes; undefined for one that holds something live: a
 * function, a stub, a stream or a target.
 */
export function weigh(value: unknown): number | undefined {
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  let bytes = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    bytes += 8;
    if (typeof next === "string") bytes += 2 * next.length;
    if (typeof next === "function" || nodeOf(next)) return undefined;
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (isLive(next)) return undefined;
    if (next instanceof ArrayBuffer || ArrayBuffer.isView(next)) bytes += next.byteLength;
    else for (const part of partsOf(next)) waiting.push(part);
  }
  return bytes;
}

function isLive(value: object): boolean {
  return (
    RpcTarget.is(value) ||
    Symbol.asyncIterator in value ||
    typeof (value as { then?: unknown }).then === "function" ||
    /Stream|AbortSignal/.test(Object.prototype.toString.call(value))
  );
}

function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value].flat(1);
  if (value instanceof Set || Array.isArray(value)) return value;
  return Object.entries(value).flat(1);
}
