import type { Key } from "../message.ts";
import { ValueKind } from "./kinds.ts";
import type { Packing } from "./packing.ts";
import { exceeded, malformed } from "./refusal.ts";
import type { Reviver } from "./reviving.ts";

/** Packs what JSON has no number for; `value` is NaN, infinite or -0. */
export function packOddNumber(value: number, key: Key, packing: Packing): unknown {
  packing.plain = packing.plain && !packing.clone;
  if (packing.clone) return value;
  packing.entry(ValueKind.number, key);
  return value === 0 ? "-0" : String(value);
}

export function packUndefined(key: Key, packing: Packing): unknown {
  if (packing.clone) {
    packing.plain = false;
    return undefined;
  }
  packing.entry(ValueKind.undefined, key);
  return null;
}

export function packBigint(value: bigint, key: Key, packing: Packing): unknown {
  if (packing.clone) {
    packing.plain = false;
    packing.size += 16;
    return value;
  }
  const digits = String(value);
  packing.size += digits.length;
  packing.entry(ValueKind.bigint, key);
  return digits;
}

export function packSymbol(value: symbol, key: Key, packing: Packing): unknown {
  const registered = Symbol.keyFor(value);
  const name = registered ?? wellKnown.get(value);
  if (name === undefined) {
    throw packing.refuse(key, `${String(value)} is unique to this process; use Symbol.for(name) or a string`);
  }
  packing.size += name.length;
  packing.entry(ValueKind.symbol, key, registered === undefined ? 1 : 0);
  return name;
}

/** Symbols that every realm shares: `Symbol.iterator`, `Symbol.asyncIterator` … */
const wellKnown: ReadonlyMap<unknown, string> = new Map(
  Object.getOwnPropertyNames(Symbol)
    .map((name): [unknown, string] => [(Symbol as unknown as Record<string, unknown>)[name], name])
    .filter(([symbol]) => typeof symbol === "symbol"),
);

export const undefinedReviver: Reviver = { open: () => undefined };

export const numberReviver: Reviver = {
  open(data) {
    if (data === "-0") return -0;
    if (data === "NaN") return Number.NaN;
    if (data === "Infinity") return Number.POSITIVE_INFINITY;
    if (data === "-Infinity") return Number.NEGATIVE_INFINITY;
    throw malformed("no such number");
  },
};

export const bigintReviver: Reviver = {
  open(data, _rest, { options }) {
    if (typeof data !== "string") throw malformed("a bigint needs its digits");
    const limit = options.limits?.bigintDigits ?? Number.POSITIVE_INFINITY;
    if (data.length > limit + (data.startsWith("-") ? 1 : 0)) throw exceeded("bigint digits", limit);
    if (!/^(0|-?[1-9][0-9]*)$/.test(data)) throw malformed("a bigint needs its digits");
    return BigInt(data);
  },
};

export const symbolReviver: Reviver = {
  open(data, rest) {
    if (typeof data !== "string") throw malformed("a symbol needs its name");
    if (rest[0] === 0) return Symbol.for(data);
    for (const [symbol, name] of wellKnown) if (rest[0] === 1 && name === data) return symbol;
    throw malformed("no such symbol");
  },
};
