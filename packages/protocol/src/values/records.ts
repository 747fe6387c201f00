import type { Key } from "../message.ts";
import { ValueKind } from "./kinds.ts";
import type { Packing, Place } from "./packing.ts";
import { expect } from "./refusal.ts";
import { isRecord, type Reviver, setAll } from "./reviving.ts";

/** A fresh object that holds what another one shows. */
export type Fields = Record<string, unknown>;

/**
 * Packs an object whose prototype is `Object.prototype`. The spread reads each
 * getter once, keeps an own `__proto__` an own key, and shows what a JS Proxy
 * shows.
 */
export function packRecord(source: object, key: Key, packing: Packing): unknown {
  const symbols = Object.getOwnPropertySymbols(source);
  // An object that brings its own iterator; most objects have no symbols, and are asked nothing more.
  if (symbols.length > 0 && Symbol.asyncIterator in source) return packing.reference("stream", source, key);
  const out: Fields = { ...source };
  const place = packing.meet(source, key, out, "share");
  if (symbols.length > 0) refuseSymbols(out, place, packing);
  return packFields(out, place, packing);
}

/** Packs an object without a prototype. */
export function packNullProto(source: object, key: Key, packing: Packing): unknown {
  const out: Fields = { ...source };
  const place = packing.meet(source, key, out);
  refuseSymbols(out, place, packing);
  packing.inside(place, () => packFields(out, place, packing));
  packing.entry(ValueKind.nullProto, key);
  return out;
}

/** Packs the properties of a fresh object where they stand. */
export function packFields(out: Fields, place: Place, packing: Packing): Fields {
  const outer = packing.open;
  packing.open = place;
  let size = 16;
  for (const name in out) {
    if (packing.haunted && !Object.hasOwn(out, name)) continue;
    const value = out[name];
    size += name.length;
    if (typeof value === "string") size += value.length;
    else {
      const packed = packing.walk(value, name, packing);
      // The key is an own one already, so even `__proto__` is only written over.
      if (packed !== value) out[name] = packed;
    }
  }
  packing.size += size;
  packing.open = outer;
  return out;
}

/** Refuses keys that the wire has no form for, in a fresh object that holds what another one shows. */
export function refuseSymbols(out: object, place: Place, packing: Packing): void {
  const [symbol] = Object.getOwnPropertySymbols(out);
  if (symbol === undefined) return;
  packing.open = place;
  packing.key = String(symbol);
  throw packing.refuse("a symbol is no key on the wire; use a string");
}

export const nullProtoReviver: Reviver = {
  open(data) {
    expect(isRecord(data), "an object");
    return Object.create(null);
  },
  close: (shell, data) => setAll(shell as object, data),
};
