import { sharedState } from "./shared-state.ts";
import { tagOf } from "./values/brands.ts";
import { isMovableOnly, movableTags, platformNameOf } from "./values/platform.ts";

interface TransferMarks {
  /** About how many marks are set; 0 says that packing need not look. */
  count: number;
  readonly marked: WeakSet<object>;
}

const marks: TransferMarks = sharedState("portolan.transferred", () => ({ count: 0, marked: new WeakSet() }));

/**
 * Marks a value to be moved instead of copied when it next crosses, with
 * everything movable inside (buffers, ports, bitmaps, streams …), and returns it.
 * What the transport cannot move is copied; a port that it cannot move is refused.
 * A view moves its buffer only when it covers all of it. What was moved is gone
 * here, and a call that moved something is never retried.
 */
export function transfer<T>(value: T): T {
  if (typeof value === "object" && value !== null && !marks.marked.has(value)) {
    marks.count++;
    marks.marked.add(value);
  }
  return value;
}

/** True for what {@link transfer} marked and no message has taken yet. */
export function isMarked(value: object): boolean {
  return marks.count > 0 && marks.marked.has(value);
}

/** Takes the mark off, once the value has been packed. */
export function unmark(value: object): void {
  if (marks.marked.delete(value)) marks.count--;
}

/**
 * Everything in a value that a platform could move: buffers (those of partial
 * views too), ports, bitmaps, streams. Looks through plain objects, arrays, Maps
 * and Sets. For lists that you make yourself, such as a `transfer` option.
 */
export function findTransferables(value: unknown): object[] {
  const found = new Set<object>();
  const seen = new Set<unknown>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    const movable = movableOf(next);
    if (movable) found.add(movable);
    else waiting.push(...childrenOf(next));
  }
  return [...found];
}

function movableOf(value: object): object | undefined {
  const thing = ArrayBuffer.isView(value) ? value.buffer : value;
  const tag = tagOf(thing);
  return tag === "ArrayBuffer" || movableTags.has(platformNameOf(thing, tag)) || isMovableOnly(thing, tag)
    ? thing
    : undefined;
}

function childrenOf(value: object): unknown[] {
  const tag = tagOf(value);
  if (tag === "Map") return [...(value as Map<unknown, unknown>).entries()].flat().reverse();
  if (tag === "Set") return [...(value as Set<unknown>)].reverse();
  const plain = Array.isArray(value) || tag === "Object" || tag === "Error";
  return plain ? Object.values(value).reverse() : [];
}
