import type { Key } from "../message.ts";
import { ValueKind } from "./kinds.ts";
import type { Packing, Place } from "./packing.ts";
import { packFields, refuseSymbols } from "./records.ts";
import { expect } from "./refusal.ts";
import { isRecord, type Reviver, setAll } from "./reviving.ts";

/**
 * Longer lists of nothing but primitives are not searched for named properties,
 * which would cost several times what the list itself does.
 */
const longList = 256;

/** Packs an array: holes and named properties stay what they are. */
export function packList(source: readonly unknown[], key: Key, packing: Packing): unknown {
  if (isOdd(source)) return packOddList(source, key, packing);
  const out: unknown[] = [];
  packItems(source, out, packing.meet(source, key, out, "share"), packing);
  return out;
}

/**
 * Appends the items of a list, which stands at `place`, to an empty one. A list made by `new Array(length)` would have
 * holes to V8 for ever, and cost more than twice as much to clone.
 */
export function packItems(source: readonly unknown[], out: unknown[], place: Place, packing: Packing): void {
  const outer = packing.open;
  packing.open = place;
  const { length } = source;
  for (let index = 0; index < length; index++) out.push(packing.walk(source[index], index, packing));
  packing.size += 16;
  packing.open = outer;
}

/** True for an array with holes or named properties. */
function isOdd(source: readonly unknown[]): boolean {
  const { length } = source;
  let objects = length <= longList;
  for (let index = 0; !objects && index < length; index++) {
    const value = source[index];
    if (value === undefined && !Object.hasOwn(source, index)) return true;
    objects = typeof value === "object";
  }
  if (!objects) return false;
  const keys = Object.keys(source);
  // As many names as holes leave the count as it should be, but not the last key.
  return keys.length !== length || (length > 0 && keys[length - 1] !== String(length - 1));
}

function packOddList(source: readonly unknown[], key: Key, packing: Packing): unknown {
  const out = { ...(source as unknown as Record<string, unknown>) };
  const place = packing.meet(source, key, out);
  refuseSymbols(out, place, packing);
  packing.inside(place, () => packFields(out, place, packing));
  packing.entry(ValueKind.array, key, source.length);
  return out;
}

export const arrayReviver: Reviver = {
  open(data, [length]) {
    const valid = Number.isInteger(length) && (length as number) >= 0 && (length as number) < 2 ** 32;
    expect(isRecord(data) && valid && !Object.hasOwn(data, "length"), "an array");
    const shell: unknown[] = [];
    shell.length = length as number;
    return shell;
  },
  close(shell, data, [length]) {
    expect((setAll(shell as object, data) as unknown[]).length === length, "an array");
    return shell;
  },
};
