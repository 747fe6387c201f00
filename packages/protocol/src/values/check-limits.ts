import { tagOf } from "./brands.ts";
import { expect, limit } from "./refusal.ts";
import type { ValueLimits } from "./reviving.ts";

/** Deeper than this nothing is counted by recursion. */
const shallow = 256;

/**
 * Refuses what an untrusted peer sent beyond the limits, and a RegExp or shared memory, which a carrier that clones
 * lets through. Plain data is counted in one walk, which takes what is met twice for two things: only what goes
 * beyond a limit that way, or is not plain, is counted exactly.
 */
export function checkLimits(data: unknown, table: unknown, limits: ValueLimits): void {
  const rest = { nodes: limits.nodes, bytes: limits.message };
  const levels = Math.min(limits.depth, shallow);
  if (!isWithin(data, levels, rest) || !isWithin(table, levels, rest)) countExactly(data, table, limits);
}

/** True for plain data within what is left of the limits. */
function isWithin(value: unknown, levels: number, rest: { nodes: number; bytes: number }): boolean {
  if (--rest.nodes < 0 || typeof value === "bigint") return false;
  if (typeof value === "string") rest.bytes -= value.length;
  if (rest.bytes < 0) return false;
  if (typeof value !== "object" || value === null) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (levels === 0 || (prototype !== Object.prototype && prototype !== Array.prototype)) return false;
  if (Array.isArray(value)) {
    if (value.length > rest.nodes) return false;
    const items: unknown[] = Object.values(value);
    // It has holes, or names.
    if (items.length !== value.length) return false;
    for (let index = 0; index < items.length; index++) if (!isWithin(items[index], levels - 1, rest)) return false;
    return true;
  }
  for (const key in value) {
    rest.bytes -= key.length;
    if (!isWithin((value as Record<string, unknown>)[key], levels - 1, rest)) return false;
  }
  return rest.bytes >= 0;
}

/** Counts layer by layer, only as far as the limits reach. */
function countExactly(data: unknown, table: unknown, { depth, nodes, message, bigintDigits }: ValueLimits): void {
  // Met before: a carrier that clones lets cycles through.
  const seen = new Set<object>();
  let layer: object[] = [];
  let count = 0;
  let bytes = 0;
  const weigh = (length: number) => {
    bytes += length;
    limit(bytes, message, "bytes");
  };
  const add = (value: unknown) => {
    limit(++count, nodes, "nodes");
    if (typeof value === "string") weigh(value.length);
    if (typeof value === "bigint") limit(value < 0n ? -value : value, largest(bigintDigits), "digits", bigintDigits);
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    layer.push(value);
  };
  add(data);
  add(table);
  for (let level = 1; layer.length > 0; level++) {
    limit(level, depth, "levels");
    const containers = layer;
    layer = [];
    for (const container of containers) for (const child of childrenOf(container, weigh)) add(child);
  }
}

function childrenOf(container: object, weigh: (length: number) => void): Iterable<unknown> {
  const tag = tagOf(container);
  expect(tag !== "RegExp" && tag !== "SharedArrayBuffer", `no ${tag} from an untrusted peer`);
  if (ArrayBuffer.isView(container)) return [container.buffer];
  if (tag === "ArrayBuffer") weigh((container as ArrayBuffer).byteLength);
  if (tag === "Map") return [...(container as Map<unknown, unknown>)].flat(1);
  if (tag === "Set") return container as Set<unknown>;
  // Of an array too: holes cost nothing, and named properties count.
  const children = Object.values(container);
  if (tag !== "Array" || children.length > (container as unknown[]).length) {
    for (const key of Object.keys(container)) weigh(key.length);
  }
  return children;
}

let known: { readonly digits: number; readonly value: bigint } = { digits: 1, value: 9n };

/** The largest bigint of so many digits. */
function largest(digits: number): bigint {
  if (known.digits !== digits) known = { digits, value: 10n ** BigInt(digits) - 1n };
  return known.value;
}
