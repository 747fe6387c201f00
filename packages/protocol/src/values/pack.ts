import { describeThrown, RpcError } from "../error.ts";
import type { Key } from "../message.ts";
import { isMarked, unmark } from "../transfer-mark.ts";
import { packObject } from "./objects.ts";
import { type Packed, Packing, type PackOptions } from "./packing.ts";
import { packScalar, packSymbol } from "./scalars.ts";

export type { Packed, PackOptions } from "./packing.ts";

const nothing: readonly object[] = /* @__PURE__ */ Object.freeze([]);

/**
 * Turns a value into plain data and a table of what was special in it. The value
 * is captured: containers and bytes are copied, so later changes to it do not
 * show over there. Cycles and shared references stay what they are.
 *
 * Throws an RpcError INVALID_ARGUMENT, which names the path and the remedy, for
 * what cannot cross; then nothing has been exported, moved or changed.
 */
export function pack(value: unknown, options: PackOptions): Packed {
  const size = plainSize(value);
  if (size > 0) return plainly(value, size);
  return guarded(new Packing(options, walk), (packing) => walk(value, 0, packing));
}

/** Packs the arguments of a call: a list of its own whose items are values. Paths begin with the index. */
export function packArguments(args: readonly unknown[], options: PackOptions): Packed {
  let size = 0;
  let index = 0;
  for (let one = 1; one > 0 && index < args.length; index++) size += one = plainSize(args[index]);
  if (index === args.length && (index === 0 || plainSize(args[index - 1]) > 0)) return plainly(args.slice(), size);
  return guarded(new Packing(options, walk), (packing) => {
    const data: unknown[] = [];
    packing.open = packing.meet(data, 0, data);
    for (let at = 0; at < args.length; at++) data.push(walk(args[at], at, packing));
    return data;
  });
}

function plainly(data: unknown, size: number): Packed {
  return { data, table: null, transfer: nothing, moved: false, size, plain: true };
}

/** The size of a primitive that every carrier takes as it is; 0 for anything else. */
export function plainSize(value: unknown): number {
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

function guarded(packing: Packing, work: (packing: Packing) => unknown): Packed {
  let data: unknown;
  try {
    data = work(packing);
  } catch (thrown) {
    if (RpcError.is(thrown)) throw thrown;
    throw packing.refuse(`reading it threw: ${describeThrown(thrown)}`, thrown);
  }
  const packed = packing.finish(data);
  packing.marked.forEach(unmark);
  return packed;
}

/** Packs one value of any kind: the only place where the walk branches by type. */
function walk(value: unknown, key: Key, packing: Packing): unknown {
  const size = plainSize(value);
  if (size > 0) {
    packing.size += size;
    return value;
  }
  packing.key = key;
  switch (typeof value) {
    case "object":
    case "function":
      return walkObject(value as object, key, packing);
    case "symbol":
      return packSymbol(value, key, packing);
    default:
      return packScalar(value as undefined | bigint | number, key, packing);
  }
}

function walkObject(value: object, key: Key, packing: Packing): unknown {
  const place = packing.find(value);
  if (place) return packing.again(place, key);
  // Functions are asked nothing: a stub's properties are calls.
  if (typeof value === "function") return packing.reference("function", value, key);
  if (!isMarked(value)) return packObject(value, key, packing);
  packing.marked.push(value);
  packing.moving++;
  const out = packObject(value, key, packing);
  packing.moving--;
  return out;
}
