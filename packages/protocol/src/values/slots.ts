import type { Key } from "../message.ts";
import { exceeded, malformed } from "./refusal.ts";

/** A place in the data that a table entry speaks of. */
export interface Slot {
  readonly kind: number;
  readonly container: object;
  readonly key: Key;
  /** What stands there before anything is revived. */
  readonly data: unknown;
  readonly rest: readonly unknown[];
  /** Everything that holds the place, from the outside. */
  readonly containers: readonly object[];
}

/** The path may be this long where nobody set a limit. */
const deepest = 100_000;

/** Resolves every entry of a table, before anything changes. No place may have two. */
export function resolveSlots(root: object, table: readonly unknown[], depth: number | undefined): Slot[] {
  const slots: Slot[] = [];
  const taken = new Map<object, Set<Key>>();
  for (const entry of table) {
    const slot = resolveSlot(root, entry, depth);
    const keys = taken.get(slot.container);
    if (!keys) taken.set(slot.container, new Set([slot.key]));
    else if (keys.has(slot.key)) throw malformed("two entries for one place");
    else keys.add(slot.key);
    slots.push(slot);
  }
  return slots;
}

/** Resolves `[kind, path, ...rest]`: by own keys of objects and indexes of arrays, and by nothing else. */
export function resolveSlot(root: object, entry: unknown, depth: number = deepest): Slot {
  const [kind, path, ...rest]: readonly unknown[] = Array.isArray(entry) ? entry : [];
  if (!Number.isInteger(kind) || !Array.isArray(path)) throw malformed("a table entry needs a kind and a path");
  if (path.length > depth) throw exceeded("depth", depth);
  const containers: object[] = [];
  let container = root;
  let key: Key = "value";
  for (const next of path as readonly unknown[]) {
    const inner: unknown = (container as Record<Key, unknown>)[key];
    if (!holds(inner, next)) throw malformed("a table entry's path leads nowhere");
    container = inner;
    key = next as Key;
    containers.push(container);
  }
  return { kind: kind as number, container, key, data: (container as Record<Key, unknown>)[key], rest, containers };
}

/** True for a key of a plain object or array that the carrier made. */
function holds(container: unknown, key: unknown): container is object {
  if (typeof container !== "object" || container === null) return false;
  if (Array.isArray(container)) return isIndex(key, container.length) || isName(container, key);
  return typeof key === "string" && isPlain(container) && Object.hasOwn(container, key);
}

function isIndex(key: unknown, length: number): boolean {
  return Number.isInteger(key) && (key as number) >= 0 && (key as number) < length;
}

/** A named property of an array, and not an index in the disguise of a name, nor its length. */
function isName(list: object, key: unknown): boolean {
  return typeof key === "string" && key !== "length" && !/^\d+$/.test(key) && Object.hasOwn(list, key);
}

function isPlain(container: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(container);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
