import type { Key } from "../message.ts";
import { ValueKind } from "./kinds.ts";
import { packItems } from "./lists.ts";
import type { Packing } from "./packing.ts";
import { expect } from "./refusal.ts";
import type { Reviver } from "./reviving.ts";

/** Packs a Map, as a list of keys and values in turn. A JS Proxy of one is read by the methods that it shows. */
export function packMap(source: Map<unknown, unknown>, key: Key, packing: Packing): unknown {
  return packCollection(source, [...source].flat(1), ValueKind.map, key, packing);
}

/** Packs a Set, as {@link packMap} does a Map. */
export function packSet(source: Set<unknown>, key: Key, packing: Packing): unknown {
  return packCollection(source, [...source], ValueKind.set, key, packing);
}

/** On a carrier that clones, it goes as it is after all if nothing in it turned out to be special. */
function packCollection(source: object, flat: unknown[], kind: number, key: Key, packing: Packing): unknown {
  refuseExtras(source, packing);
  const out: unknown[] = [];
  const place = packing.meet(source, key, out);
  const before = packing.table.length;
  packing.inside(place, () => packItems(flat, out, place, packing));
  // A cycle back to it is an entry too.
  if (packing.clone && packing.table.length === before) {
    packing.plain = false;
    place.again = "share";
    place.out = kind === ValueKind.map ? fillMap(new Map(), out) : new Set(out);
    return place.out;
  }
  packing.entry(kind, key);
  return out;
}

/** Maps, Sets, Dates and the like carry no properties of their own on any carrier: say so instead of losing them. */
export function refuseExtras(source: object, packing: Packing): void {
  for (const name of Object.keys(source)) {
    throw packing.refuse(`its own property ${JSON.stringify(name)} would be lost; send it beside`);
  }
}

function fillMap(map: Map<unknown, unknown>, flat: readonly unknown[]): unknown {
  for (let index = 0; index < flat.length; index += 2) map.set(flat[index], flat[index + 1]);
  return map;
}

export const mapReviver: Reviver = {
  open(data) {
    expect(Array.isArray(data) && data.length % 2 === 0, "a Map");
    return new Map();
  },
  close: (shell, data) => fillMap(shell as Map<unknown, unknown>, data),
};

export const setReviver: Reviver = {
  open(data) {
    expect(Array.isArray(data), "a Set");
    return new Set();
  },
  close(shell, data: readonly unknown[]) {
    for (const value of data) (shell as Set<unknown>).add(value);
    return shell;
  },
};
