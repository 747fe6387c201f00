import { mark } from "./transfer-mark.ts";
import { classNameOf, tagOf } from "./values/brands.ts";
import { movable } from "./values/platform-objects.ts";

/**
 * Marks a value to be moved instead of copied when it next crosses, with
 * everything movable inside (buffers, ports, bitmaps, streams …), and returns it.
 * What the transport cannot move is copied; a port that it cannot move is refused.
 * A view moves its buffer only when it covers all of it. What was moved is gone
 * here, and a call that moved something is never retried.
 */
export function transfer<T>(value: T): T {
  if (typeof value === "object" && value !== null) mark(value);
  return value;
}

/**
 * Everything in a value that a platform could move: buffers (those of partial
 * views too), ports, bitmaps, streams. Looks through plain objects, arrays, Maps,
 * Sets and errors. For lists that you make yourself, such as a `transfer` option.
 */
export function findTransferables(value: unknown): object[] {
  const found = new Set<object>();
  const seen = new Set<unknown>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    const thing = ArrayBuffer.isView(next) ? next.buffer : next;
    if (isTransferable(thing)) found.add(thing);
    else for (const child of childrenOf(thing).reverse()) waiting.push(child);
  }
  return [...found];
}

function isTransferable(value: object): boolean {
  const tag = tagOf(value);
  return tag === "ArrayBuffer" || movable.test(tag) || movable.test(classNameOf(Object.getPrototypeOf(value)));
}

function childrenOf(value: object): unknown[] {
  const tag = tagOf(value);
  if (tag === "Map") return [...(value as Map<unknown, unknown>)].flat(1);
  if (tag === "Set") return [...(value as Set<unknown>)];
  return Array.isArray(value) || tag === "Object" || tag === "Error" ? Object.values(value) : [];
}
