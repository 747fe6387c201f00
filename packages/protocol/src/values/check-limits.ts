import { tagOf } from "./brands.ts";
import { exceeded, malformed } from "./refusal.ts";
import type { UnpackOptions, ValueLimits } from "./reviving.ts";

/**
 * Counts what an untrusted peer sent, without recursion and only as far as the
 * limits reach. Refuses a RegExp and shared memory, which a carrier that clones
 * lets through.
 */
export function checkLimits(data: unknown, table: unknown, options: UnpackOptions): void {
  const { limits } = options;
  if (!limits) return;
  const counter = new Counter(limits);
  counter.run(data);
  counter.run(table);
}

class Counter {
  readonly #limits: ValueLimits;
  #nodes = 0;
  /** Met before: a carrier that clones lets cycles through. */
  readonly #seen = new Set<object>();
  #layer: object[] = [];

  constructor(limits: ValueLimits) {
    this.#limits = limits;
  }

  /** Goes through the value layer by layer. */
  run(value: unknown): void {
    this.#layer = [];
    this.#add(value);
    for (let depth = 0; this.#layer.length > 0; depth++) {
      if (depth >= this.#limits.depth) throw exceeded("depth", this.#limits.depth);
      const layer = this.#layer;
      this.#layer = [];
      for (const container of layer) this.#addChildren(container);
    }
  }

  #add(value: unknown): void {
    if (++this.#nodes > this.#limits.nodes) throw exceeded("nodes", this.#limits.nodes);
    if (typeof value === "bigint") this.#checkBigint(value);
    if (typeof value !== "object" || value === null || this.#seen.has(value)) return;
    this.#seen.add(value);
    this.#layer.push(value);
  }

  #addChildren(container: object): void {
    const tag = tagOf(container);
    if (tag === "RegExp") throw malformed("a RegExp from an untrusted peer");
    if (tag === "SharedArrayBuffer") throw malformed("shared memory from an untrusted peer");
    if (ArrayBuffer.isView(container)) this.#add(container.buffer);
    else if (Array.isArray(container)) this.#addItems(container);
    else if (tag === "Map") this.#addAll((container as Map<unknown, unknown>).entries(), true);
    else if (tag === "Set") this.#addAll((container as Set<unknown>).values(), false);
    else for (const name in container) this.#add((container as Record<string, unknown>)[name]);
  }

  #addAll(entries: Iterable<unknown>, pairs: boolean): void {
    for (const entry of entries) {
      if (pairs) for (const one of entry as Iterable<unknown>) this.#add(one);
      else this.#add(entry);
    }
  }

  #addItems(list: readonly unknown[]): void {
    // Holes and named properties: count what is there, not what the length claims.
    const names = Object.keys(list);
    if (this.#nodes + names.length > this.#limits.nodes) throw exceeded("nodes", this.#limits.nodes);
    for (const name of names) this.#add((list as unknown as Record<string, unknown>)[name]);
  }

  #checkBigint(value: bigint): void {
    const limit = this.#limits.bigintDigits;
    if (value > largest(limit) || value < -largest(limit)) throw exceeded("bigint digits", limit);
  }
}

let known: { readonly digits: number; readonly value: bigint } = { digits: 1, value: 9n };

/** The largest bigint of so many digits. */
function largest(digits: number): bigint {
  if (known.digits !== digits) known = { digits, value: 10n ** BigInt(digits) - 1n };
  return known.value;
}
