import type { Key } from "../message.ts";
import { tagOf } from "./brands.ts";
import { refuseExtras } from "./collections.ts";
import { ValueKind } from "./kinds.ts";
import { Meeting, type Packing } from "./packing.ts";
import { malformed } from "./refusal.ts";
import type { Reviver } from "./reviving.ts";

/** Packs a Date, which may be invalid. */
export function packDate(source: Date, key: Key, packing: Packing): unknown {
  const time = Date.prototype.getTime.call(source);
  refuseExtras(source, key, packing);
  packing.size += 16;
  if (packing.clone) {
    packing.plain = false;
    const copy = new Date(time);
    packing.meet(source, key, copy, Meeting.share);
    return copy;
  }
  packing.meet(source, key, null);
  packing.entry(ValueKind.date, key);
  return Number.isNaN(time) ? null : time;
}

/** Packs a RegExp. Between trusted ends only: a hostile pattern can hang whoever tests it. */
export function packRegExp(source: RegExp, key: Key, packing: Packing): unknown {
  if (!packing.options.trusted)
    throw packing.refuse(key, "a RegExp goes to trusted peers only; send its source as a string");
  if (!packing.carriesNatives) throw packing.refuse(key, "a RegExp needs a carrier that clones; send its source");
  refuseExtras(source, key, packing);
  packing.size += 16 + source.source.length;
  packing.meet(source, key, null);
  packing.entry(ValueKind.regexp, key);
  return [source.source, source.flags, source.lastIndex];
}

/** The classes that wrap primitives, and the method that only their own instances accept. */
const unwrap: Readonly<Record<string, (this: never) => unknown>> = {
  Boolean: Boolean.prototype.valueOf,
  Number: Number.prototype.valueOf,
  String: String.prototype.valueOf,
  BigInt: BigInt.prototype.valueOf,
  Symbol: Symbol.prototype.valueOf,
};

/** Packs a wrapped primitive, such as `new String("x")`. */
export function packBoxed(source: object, key: Key, packing: Packing): unknown {
  const primitive: unknown = Reflect.apply(unwrap[tagOf(source)] as () => unknown, source, []);
  const place = packing.meet(source, key, null);
  if (typeof primitive !== "string") refuseExtras(source, key, packing);
  else if (Object.keys(source).length !== primitive.length) {
    throw packing.refuse(key, "a String object with properties of its own, which would be lost; send them beside");
  }
  const outer = packing.open;
  packing.open = place;
  const data = [packing.walk(primitive, 0, packing)];
  packing.open = outer;
  packing.entry(ValueKind.boxed, key);
  return data;
}

export const dateReviver: Reviver = {
  open(data) {
    if (data === null) return new Date(Number.NaN);
    if (typeof data !== "number" || !Number.isFinite(data)) throw malformed("a Date needs its time");
    return new Date(data);
  },
};

export const regexpReviver: Reviver = {
  open(data, _rest, { options }) {
    if (!options.trusted) throw malformed("a RegExp from an untrusted peer");
    const [source, flags, lastIndex]: readonly unknown[] = Array.isArray(data) ? data : [];
    if (typeof source !== "string" || typeof flags !== "string" || !Number.isSafeInteger(lastIndex)) {
      throw malformed("a RegExp needs source, flags and lastIndex");
    }
    try {
      const regexp = new RegExp(source, flags);
      regexp.lastIndex = lastIndex as number;
      return regexp;
    } catch {
      throw malformed("a RegExp that does not compile here");
    }
  },
};

/** Made late: what it wraps may itself be special. */
export const boxedReviver: Reviver = {
  open(data, _rest, revival) {
    if (!Array.isArray(data) || data.length !== 1) throw malformed("a wrapped primitive needs a list of one");
    revival.seal(data);
    return null;
  },
  close(_shell, data) {
    const primitive: unknown = (data as unknown[])[0];
    const type = typeof primitive;
    if (primitive === null || primitive === undefined || type === "object" || type === "function") {
      throw malformed("a wrapped primitive needs a primitive");
    }
    return Object(primitive);
  },
};
