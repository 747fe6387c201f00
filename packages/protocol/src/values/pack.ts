import { describeThrown, RpcError } from "../error.ts";
import type { Key } from "../message.ts";
import { isMarked, unmark } from "../transfer.ts";
import { packObject } from "./objects.ts";
import { type Packed, Packing, type PackOptions } from "./packing.ts";
import { packReference } from "./references.ts";
import { refusal } from "./refusal.ts";
import { packBigint, packOddNumber, packSymbol, packUndefined } from "./scalars.ts";

export type { Packed, PackOptions } from "./packing.ts";

const nothing: readonly object[] = Object.freeze([]);

/**
 * Turns a value into plain data and a table of what was special in it. The value
 * is captured: containers and bytes are copied, so later changes to it do not
 * show over there. Cycles and shared references stay what they are.
 *
 * Throws an RpcError INVALID_ARGUMENT, which names the path and the remedy, for
 * what cannot cross; then nothing has been exported, moved or changed.
 */
export function pack(value: unknown, options: PackOptions): Packed {
  const size = sizeOfPlain(value);
  if (size > 0) return { data: value, table: null, transfer: nothing, moved: false, size, plain: true };
  const packing = new Packing(options, walk);
  return guarded(packing, () => walk(value, 0, packing));
}

/** Packs the arguments of a call: a list of its own whose items are values. Paths begin with the index. */
export function packArguments(args: readonly unknown[], options: PackOptions): Packed {
  let size = 0;
  for (let index = 0; index < args.length; index++) {
    const one = sizeOfPlain(args[index]);
    if (one === 0) return packList(args, options);
    size += one;
  }
  return { data: args.slice(), table: null, transfer: nothing, moved: false, size, plain: true };
}

function packList(args: readonly unknown[], options: PackOptions): Packed {
  const packing = new Packing(options, walk);
  const data = new Array<unknown>(args.length);
  packing.open = packing.meet(data, 0, data);
  return guarded(packing, () => {
    for (let index = 0; index < data.length; index++) data[index] = walk(args[index], index, packing);
    return data;
  });
}

/** The size of a primitive that every carrier takes as it is; 0 for anything else. */
function sizeOfPlain(value: unknown): number {
  switch (typeof value) {
    case "string":
      return value.length + 2;
    case "number":
      // NaN, the infinities and -0 are no JSON.
      return value - value === 0 && (value !== 0 || 1 / value > 0) ? 8 : 0;
    case "boolean":
      return 4;
    default:
      return value === null ? 4 : 0;
  }
}

function guarded(packing: Packing, work: () => unknown): Packed {
  let data: unknown;
  try {
    data = work();
  } catch (thrown) {
    if (RpcError.is(thrown)) throw thrown;
    const why =
      thrown instanceof RangeError ? "it is nested too deeply" : `reading it threw: ${describeThrown(thrown)}`;
    throw refusal(packing.options.root, why, thrown);
  }
  const packed = packing.finish(data);
  for (const marked of packing.marked) unmark(marked);
  return packed;
}

/** Packs one value of any kind: the only place where the walk branches by type. */
function walk(value: unknown, key: Key, packing: Packing): unknown {
  const size = sizeOfPlain(value);
  if (size > 0) {
    packing.size += size;
    return value;
  }
  switch (typeof value) {
    case "object":
      return walkObject(value as object, key, packing);
    case "number":
      packing.size += 8;
      return packOddNumber(value, key, packing);
    case "undefined":
      packing.size += 4;
      return packUndefined(key, packing);
    case "function":
      return walkFunction(value, key, packing);
    case "bigint":
      return packBigint(value, key, packing);
    default:
      return packSymbol(value as symbol, key, packing);
  }
}

function walkObject(value: object, key: Key, packing: Packing): unknown {
  const place = packing.find(value);
  if (place) return packing.again(place, key);
  if (!isMarked(value)) return packObject(value, key, packing);
  packing.marked.push(value);
  packing.moving++;
  const out = packObject(value, key, packing);
  packing.moving--;
  return out;
}

/** Functions are asked nothing: a stub's properties are calls. */
function walkFunction(value: object, key: Key, packing: Packing): unknown {
  const place = packing.find(value);
  return place ? packing.again(place, key) : packReference("function", value, key, packing);
}
