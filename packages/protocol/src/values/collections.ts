import type { Key } from "../message.ts";
import { hasBrand } from "./brands.ts";
import { ValueKind } from "./kinds.ts";
import { packItems } from "./lists.ts";
import { Meeting, type Packing } from "./packing.ts";
import { malformed } from "./refusal.ts";
import type { Reviver } from "./reviving.ts";

/**
 * Packs a Map. It is walked as a list of keys and values in turn; at the clone
 * level it goes as a Map after all if nothing in it turned out to be special.
 */
export function packMap(source: Map<unknown, unknown>, key: Key, packing: Packing): unknown {
  refuseExtras(source, key, packing);
  const flat: unknown[] = [];
  // A JS Proxy of a Map lacks its insides: iterate by the methods that it shows.
  const genuine = hasBrand(Map.prototype.has, source, 0);
  const entries = genuine ? Map.prototype.entries.call(source) : source.entries();
  for (const [name, value] of entries) flat.push(name, value);
  return packFlat(source, flat, key, packing, ValueKind.map, asMap);
}

/** Packs a Set, as {@link packMap} does a Map. */
export function packSet(source: Set<unknown>, key: Key, packing: Packing): unknown {
  refuseExtras(source, key, packing);
  const genuine = hasBrand(Set.prototype.has, source, 0);
  const flat = [...(genuine ? Set.prototype.values.call(source) : source.values())];
  return packFlat(source, flat, key, packing, ValueKind.set, asSet);
}

function packFlat(
  source: object,
  flat: unknown[],
  key: Key,
  packing: Packing,
  kind: typeof ValueKind.map | typeof ValueKind.set,
  restore: (flat: readonly unknown[]) => object,
): unknown {
  const place = packing.meet(source, key, flat, packing.clone ? Meeting.decide : Meeting.refer);
  const before = packing.table?.length ?? 0;
  packing.sealed++;
  packItems(flat, flat, place, packing);
  packing.sealed--;
  if (packing.clone && (packing.table?.length ?? 0) === before) {
    packing.plain = false;
    place.again = Meeting.share;
    place.out = restore(flat);
    return place.out;
  }
  place.again = Meeting.refer;
  packing.entry(kind, key);
  return flat;
}

/** Maps, Sets, Dates and the like carry no properties of their own on any carrier: say so instead of losing them. */
export function refuseExtras(source: object, key: Key, packing: Packing): void {
  const [name] = Object.keys(source);
  if (name === undefined) return;
  throw packing.refuse(
    key,
    `it has a property of its own, ${JSON.stringify(name)}, which would be lost; send it beside`,
  );
}

function asMap(flat: readonly unknown[]): Map<unknown, unknown> {
  return fillMap(new Map(), flat);
}

function fillMap(map: Map<unknown, unknown>, flat: readonly unknown[]): Map<unknown, unknown> {
  for (let index = 0; index < flat.length; index += 2) map.set(flat[index], flat[index + 1]);
  return map;
}

function asSet(flat: readonly unknown[]): Set<unknown> {
  return new Set(flat);
}

export const mapReviver: Reviver = {
  open(data, _rest, revival) {
    if (!Array.isArray(data) || data.length % 2 !== 0) throw malformed("a Map needs pairs");
    revival.seal(data);
    return new Map();
  },
  close: (shell, data) => fillMap(shell as Map<unknown, unknown>, data as unknown[]),
};

export const setReviver: Reviver = {
  open(data, _rest, revival) {
    if (!Array.isArray(data)) throw malformed("a Set needs a list");
    revival.seal(data);
    return new Set();
  },
  close(shell, data) {
    for (const value of data as unknown[]) (shell as Set<unknown>).add(value);
    return shell;
  },
};
