import type { Key } from "../message.ts";
import { ValueKind } from "./kinds.ts";
import { Meeting, type Packing, type Place } from "./packing.ts";
import { packFields } from "./records.ts";
import { malformed } from "./refusal.ts";
import { isRecord, type Reviver, setOwn } from "./reviving.ts";

/**
 * Longer lists of nothing but primitives are not searched for named properties,
 * which would cost several times what the list itself does.
 */
const longList = 256;

/** Packs an array: holes and named properties stay what they are. */
export function packList(source: readonly unknown[], key: Key, packing: Packing): unknown {
  if (isOdd(source)) return packOddList(source, key, packing);
  const out = new Array<unknown>(source.length);
  const place = packing.meet(source, key, out, Meeting.share);
  packItems(source, out, place, packing);
  return out;
}

/** Packs the items of a list, which stands at `place`, into a fresh one. */
export function packItems(source: readonly unknown[], out: unknown[], place: Place, packing: Packing): void {
  const outer = packing.open;
  packing.open = place;
  for (let index = 0; index < out.length; index++) out[index] = packing.walk(source[index], index, packing);
  packing.size += 16;
  packing.open = outer;
}

/** True for an array with holes or named properties. */
function isOdd(source: readonly unknown[]): boolean {
  const { length } = source;
  if (length <= longList) return Object.keys(source).length !== length;
  let objects = false;
  for (let index = 0; index < length; index++) {
    const value = source[index];
    if (value === undefined && !Object.hasOwn(source, index)) return true;
    if (typeof value === "object") objects = true;
  }
  return objects && Object.keys(source).length !== length;
}

function packOddList(source: readonly unknown[], key: Key, packing: Packing): unknown {
  if (!packing.clone) {
    const out: Record<string, unknown> = { ...source } as Record<string, unknown>;
    packFields(out, packing.meet(source, key, out), packing);
    packing.entry(ValueKind.array, key, source.length);
    return out;
  }
  const out: unknown[] = [];
  out.length = source.length;
  const place = packing.meet(source, key, out, Meeting.share);
  packing.plain = false;
  const outer = packing.open;
  packing.open = place;
  for (const name of Object.keys(source)) {
    const at = asIndex(name);
    setOwn(out, name, packing.walk((source as unknown as Record<string, unknown>)[name], at ?? name, packing));
  }
  packing.open = outer;
  return out;
}

/** The index that a key of an array is, if it is one (ECMA-262, array index). */
function asIndex(name: string): number | undefined {
  const index = Number(name);
  return Number.isInteger(index) && index >= 0 && index < 2 ** 32 - 1 && String(index) === name ? index : undefined;
}

const maxLength = 2 ** 32 - 1;

export const arrayReviver: Reviver = {
  open(data, rest, revival) {
    const length = rest[0];
    if (!isRecord(data)) throw malformed("a sparse array needs an object");
    if (!Number.isInteger(length) || (length as number) < 0 || (length as number) > maxLength) {
      throw malformed("a sparse array needs its length");
    }
    const shell: unknown[] = [];
    shell.length = length as number;
    revival.stands(data, shell);
    return shell;
  },
  close(shell, data) {
    const list = shell as unknown[];
    const { length } = list;
    for (const name of Object.keys(data as object)) {
      if (name === "length") throw malformed("length is no property of its own");
      setOwn(list, name, (data as Record<string, unknown>)[name]);
    }
    if (list.length !== length) throw malformed("a sparse array is longer than its length");
    return list;
  },
};
