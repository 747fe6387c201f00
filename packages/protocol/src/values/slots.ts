import type { Key } from "../message.ts";
import { isPlain } from "./brands.ts";
import { expect, limit } from "./refusal.ts";

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

/** Resolves `[kind, path, ...rest]`, all of it foreign: by own keys of objects and indexes of arrays, and nothing else. */
export function resolveSlot(root: object, entry: unknown, depth: number = 100_000): Slot {
  const [kind, path, ...rest]: readonly unknown[] = Array.isArray(entry) ? entry : [];
  expect(Number.isInteger(kind) && Array.isArray(path), "a kind and a path");
  limit(path.length, depth, "levels");
  const containers: object[] = [];
  let container = root;
  let key: Key = "value";
  for (const next of path as readonly unknown[]) {
    const inner: unknown = get(container, key);
    expect(holds(inner, next), "a path that leads somewhere");
    container = inner;
    key = next as Key;
    containers.push(container);
  }
  return { kind: kind as number, container, key, data: get(container, key), rest, containers };
}

/** What stands at a key that {@link resolveSlot} has found. */
export function get(container: object, key: Key): unknown {
  return (container as Record<Key, unknown>)[key];
}

/** True for an index of an array, or an own key of a plain object. */
function holds(container: unknown, key: unknown): container is object {
  if (typeof container !== "object" || container === null) return false;
  if (Array.isArray(container)) return Number.isInteger(key) && Object.hasOwn(container, key as number);
  return isPlain(container) && typeof key === "string" && Object.hasOwn(container, key);
}
