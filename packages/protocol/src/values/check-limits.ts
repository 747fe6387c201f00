import { tagOf } from "./brands.ts";
import { expect, limit } from "./refusal.ts";
import type { ValueLimits } from "./reviving.ts";

/**
 * Counts what an untrusted peer sent, layer by layer and only as far as the
 * limits reach. Refuses a RegExp and shared memory, which a carrier that clones
 * lets through.
 */
export function checkLimits(data: unknown, table: unknown, { depth, nodes, bigintDigits }: ValueLimits): void {
  // Met before: a carrier that clones lets cycles through.
  const seen = new Set<object>();
  let layer: object[] = [];
  let count = 0;
  const add = (value: unknown) => {
    limit(++count, nodes, `${nodes} nodes`);
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
    for (const container of containers) for (const child of childrenOf(container)) add(child);
  }
}

function childrenOf(container: object): Iterable<unknown> {
  const tag = tagOf(container);
  expect(tag !== "RegExp" && tag !== "SharedArrayBuffer", `no ${tag} from an untrusted peer`);
  if (ArrayBuffer.isView(container)) return [container.buffer];
  if (tag === "Map") return [...(container as Map<unknown, unknown>)].flat(1);
  // Of an array too: holes cost nothing, and named properties count.
  return tag === "Set" ? (container as Set<unknown>) : Object.values(container);
}

let known: { readonly digits: number; readonly value: bigint } = { digits: 1, value: 9n };

/** The largest bigint of so many digits. */
function largest(digits: number): bigint {
  if (known.digits !== digits) known = { digits, value: 10n ** BigInt(digits) - 1n };
  return known.value;
}
