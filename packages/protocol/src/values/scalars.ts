import type { Key } from "../message.ts";
import { ValueKind } from "./kinds.ts";
import type { Packing } from "./packing.ts";
import { expect, limit } from "./refusal.ts";
import type { Reviver } from "./reviving.ts";

/** Packs undefined, a bigint, or a number that JSON lacks: NaN, the infinities and -0. */
export function packScalar(value: undefined | bigint | number, key: Key, packing: Packing): unknown {
  packing.size += 16;
  if (packing.clone) {
    packing.plain = false;
    return value;
  }
  if (value === undefined) {
    packing.entry(ValueKind.undefined, key);
    return null;
  }
  packing.entry(typeof value === "bigint" ? ValueKind.bigint : ValueKind.number, key);
  const text = Object.is(value, -0) ? "-0" : String(value);
  packing.size += text.length;
  return text;
}

/** Packs a symbol that has the same name everywhere. */
export function packSymbol(value: symbol, key: Key, packing: Packing): unknown {
  const registered = Symbol.keyFor(value);
  const name = registered ?? String(value.description).slice("Symbol.".length);
  if (registered === undefined && wellKnown(name) !== value) {
    throw packing.refuse(`${String(value)} is unique to this process; use Symbol.for() or a string`);
  }
  packing.size += name.length;
  packing.entry(ValueKind.symbol, key, registered === undefined ? 1 : 0);
  return name;
}

/** A symbol that every realm shares, such as `Symbol.iterator`. */
function wellKnown(name: string): unknown {
  return Object.getOwnPropertyDescriptor(Symbol, name)?.value;
}

export const undefinedReviver: Reviver = { open: () => undefined };

export const numberReviver: Reviver = {
  open(data) {
    expect(typeof data === "string" && /^(NaN|-0|-?Infinity)$/.test(data), "a number");
    return Number(data);
  },
};

export const bigintReviver: Reviver = {
  open(data, _rest, { limits }) {
    expect(typeof data === "string" && /^-?\d+$/.test(data), "a bigint");
    if (limits) limit(data.length, limits.bigintDigits + (data[0] === "-" ? 1 : 0), "bigint digits");
    return BigInt(data);
  },
};

export const symbolReviver: Reviver = {
  open(data, [known]) {
    const symbol = typeof data === "string" && (known ? wellKnown(data) : Symbol.for(data));
    expect(typeof symbol === "symbol", "a symbol");
    return symbol;
  },
};
