import { tagOf } from "./brands.ts";
import { expect, limit } from "./refusal.ts";
import type { ValueLimits } from "./reviving.ts";

/**
 * Counts what an untrusted peer sent, layer by layer and only as far as the
 * limits reach. Refuses a RegExp and shared memory, which a carrier that clones
 * lets through.
 */
export function checkLimits(data: unknown, table: unknown, { depth, nodes, message, bigintDigits }: ValueLimits): void {
  // Met before: a carrier that clones lets cycles through.
  const seen = new Set<object>();
  let layer: object[] = [];
  let count = 0;
  let bytes = 0;
  const weigh = (length: number) => {
    bytes += length;
    limit(bytes, message, `${message} bytes`);
  };
  const add = (value: unknown) => {
    limit(++count, nodes, `${nodes} nodes`);
    if (typeof value === "string") weigh(value.length);
    if (typeof value === "bigint") limit(value < 0n ? -value : value, largest(bigintDigits), `${bigintDigits} digits`);
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    layer.push(value);
  };
  add(data);
  add(table);
  for (let level = 1; layer.length > 0; level++) {
    limit(level, depth, `${depth} levels`);
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
