import { describeThrown } from "../error.ts";
import type { Key } from "../message.ts";
import { refuseExtras } from "./collections.ts";
import { ValueKind } from "./kinds.ts";
import type { Packing } from "./packing.ts";
import { expect, refuse } from "./refusal.ts";
import type { Reviver } from "./reviving.ts";

/** Packs a Date, which may be invalid. */
export function packDate(source: Date, key: Key, packing: Packing): unknown {
  const time = Date.prototype.getTime.call(source);
  refuseExtras(source, packing);
  packing.size += 16;
  const copy = new Date(time);
  packing.meet(source, key, copy, "share");
  if (packing.clone) {
    packing.plain = false;
    return copy;
  }
  packing.entry(ValueKind.date, key);
  return Number.isNaN(time) ? null : time;
}

/** Packs a RegExp. Between trusted ends only: a hostile pattern can hang whoever tests it. */
export function packRegExp(source: RegExp, key: Key, packing: Packing): unknown {
  packing.needsTrust("a RegExp");
  refuseExtras(source, packing);
  packing.size += 16 + source.source.length;
  packing.meet(source, key, null);
  packing.entry(ValueKind.regexp, key);
  return [source.source, source.flags, source.lastIndex];
}

/** Packs a wrapped primitive, such as `new String("x")`, as a list of one. */
export function packBoxed(source: object, key: Key, packing: Packing): unknown {
  const primitive: unknown = source.valueOf();
  // The letters of a String are its own properties.
  if (typeof primitive !== "string") refuseExtras(source, packing);
  const place = packing.meet(source, key, null);
  const data = packing.inside(place, () => [packing.walk(primitive, 0, packing)]);
  packing.entry(ValueKind.boxed, key);
  return data;
}

export const dateReviver: Reviver = {
  open(data) {
    expect(data === null || Number.isFinite(data), "a Date");
    return new Date((data as number | null) ?? Number.NaN);
  },
};

export const regexpReviver: Reviver = {
  open(data, _rest, { trusted }) {
    const [source, flags, lastIndex]: readonly unknown[] = trusted && Array.isArray(data) ? data : [];
    expect(typeof source === "string" && typeof flags === "string" && Number.isInteger(lastIndex), "a RegExp");
    try {
      return Object.assign(new RegExp(source, flags), { lastIndex });
    } catch (cause) {
      throw refuse("INVALID_ARGUMENT", describeThrown(cause), cause);
    }
  },
};

/** Made late: what it wraps may itself be special. */
export const boxedReviver: Reviver = {
  open(data) {
    expect(Array.isArray(data) && data.length === 1, "a primitive");
    return null;
  },
  close(_shell, [primitive]: readonly [unknown]) {
    const boxed: unknown = Object(primitive);
    expect(boxed !== primitive && primitive !== null && primitive !== undefined, "a primitive");
    return boxed;
  },
};
