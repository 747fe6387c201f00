import type { Key } from "../message.ts";
import { ValueKind } from "./kinds.ts";
import { Meeting, type Packing, type Place } from "./packing.ts";
import { malformed } from "./refusal.ts";
import { isRecord, type Reviver, setOwn } from "./reviving.ts";

/** What a plain object turns out to be once its own properties are seen. */
const promiseLike = "then";

/**
 * Packs an object whose prototype is `Object.prototype`. The spread reads each
 * getter once, keeps an own `__proto__` an own key, and shows what a JS Proxy
 * shows.
 */
export function packRecord(source: object, key: Key, packing: Packing): unknown {
  const out: Record<string, unknown> = { ...source };
  const place = packing.meet(source, key, out, Meeting.share);
  packFields(out, place, packing);
  return out;
}

/** Packs an object without a prototype. */
export function packNullProto(source: object, key: Key, packing: Packing): unknown {
  const out: Record<string, unknown> = { ...source };
  const place = packing.meet(source, key, out);
  packFields(out, place, packing);
  packing.entry(ValueKind.nullProto, key);
  return out;
}

/** Packs the properties of a fresh object where they stand. */
export function packFields(out: Record<string, unknown>, place: Place, packing: Packing): void {
  const outer = packing.open;
  packing.open = place;
  const names = Object.keys(out);
  let size = 16;
  for (const name of names) {
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
  refuseSymbols(out, packing);
  packing.open = outer;
}

function refuseSymbols(out: object, packing: Packing): void {
  const [symbol] = Object.getOwnPropertySymbols(out);
  if (symbol === undefined) return;
  throw packing.refuse(String(symbol), "symbol keys have no form on the wire; use a string key");
}

/** True for a plain object with a `then` of its own: it is a promise to whoever awaits it. */
export function isThenableRecord(source: object): boolean {
  return promiseLike in source && typeof source.then === "function";
}

export const nullProtoReviver: Reviver = {
  open(data, _rest, revival) {
    if (!isRecord(data)) throw malformed("an object without a prototype needs an object");
    const shell: object = Object.create(null);
    revival.stands(data, shell);
    return shell;
  },
  close(shell, data) {
    for (const name of Object.keys(data as object))
      setOwn(shell as object, name, (data as Record<string, unknown>)[name]);
    return shell;
  },
};
