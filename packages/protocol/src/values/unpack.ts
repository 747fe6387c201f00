import type { Key } from "../message.ts";
import { bytesReviver } from "./bytes.ts";
import { checkLimits } from "./check-limits.ts";
import { classes } from "./class-registry.ts";
import { mapReviver, setReviver } from "./collections.ts";
import { errorReviver } from "./errors.ts";
import { referenceKinds, ValueKind, type ValueKindNumber } from "./kinds.ts";
import { arrayReviver } from "./lists.ts";
import { nullProtoReviver } from "./records.ts";
import { expect } from "./refusal.ts";
import type { Reviver, UnpackOptions } from "./reviving.ts";
import { bigintReviver, numberReviver, symbolReviver, undefinedReviver } from "./scalars.ts";
import { get, resolveSlot, type Slot } from "./slots.ts";
import { boxedReviver, dateReviver, regexpReviver } from "./wrappers.ts";

export type { UnpackOptions, ValueLimits } from "./reviving.ts";

/**
 * Turns data and table back into the value, in place: the data becomes the value.
 * Both are foreign. Throws an RpcError: INVALID_ARGUMENT for a table that does not
 * fit, RESOURCE_EXHAUSTED beyond the limits. References that were read before
 * that are with the session, which releases them.
 *
 * First every entry is resolved by own keys, before anything changes; then each is
 * checked and the values and empty shells are made; then they are put in place, so
 * that cycles find them; then the shells are filled, in the order of the table.
 */
export function unpack(data: unknown, table: unknown, options: UnpackOptions): unknown {
  const { limits } = options;
  if (limits) checkLimits(data, table, limits);
  if (table === null || table === undefined) return data;
  expect(Array.isArray(table), "a table");
  const root = { value: data };
  const revivals = table.map((entry) => new Revival(resolveSlot(root, entry, limits?.depth), root, options));
  refuseTwins(revivals);
  for (const revival of revivals) revival.open();
  for (const revival of revivals) revival.place();
  const sealed = new Set(revivals.map(({ slot }) => slot.data));
  for (const revival of revivals) revival.close(sealed);
  return root.value;
}

const revivers: { readonly [Kind in ValueKindNumber]?: Reviver } = /* @__PURE__ */ (() => ({
  [ValueKind.undefined]: undefinedReviver,
  [ValueKind.number]: numberReviver,
  [ValueKind.bigint]: bigintReviver,
  [ValueKind.symbol]: symbolReviver,
  [ValueKind.date]: dateReviver,
  [ValueKind.regexp]: regexpReviver,
  [ValueKind.bytes]: bytesReviver,
  [ValueKind.boxed]: boxedReviver,
  [ValueKind.array]: arrayReviver,
  [ValueKind.nullProto]: nullProtoReviver,
  [ValueKind.map]: mapReviver,
  [ValueKind.set]: setReviver,
  [ValueKind.error]: errorReviver,
  [ValueKind.native]: { open: (data) => data },
}))();

/** One entry of the table on its way to a value. */
class Revival {
  readonly slot: Slot;
  readonly #options: UnpackOptions;
  readonly #reviver: Reviver | undefined;
  /** What a `ref` points to. */
  readonly #target: Slot | undefined;
  #shell: unknown;

  constructor(slot: Slot, root: object, options: UnpackOptions) {
    const { kind, rest } = slot;
    this.slot = slot;
    this.#options = options;
    this.#reviver =
      kind === ValueKind.class ? classes.get(rest[0] as string)?.reviver : revivers[kind as ValueKindNumber];
    if (kind === ValueKind.ref) this.#target = resolveSlot(root, [kind, rest[0]], options.limits?.depth);
    const known = this.#reviver || this.#target || referenceKinds[kind - ValueKind.function];
    expect(
      known,
      kind === ValueKind.class ? `the class ${nameOf(rest[0])}, which is not registered here` : "a known kind",
    );
  }

  open(): void {
    this.#shell = this.#reviver?.open(this.slot.data, this.slot.rest, this.#options);
  }

  place(): void {
    if (this.#reviver) this.#write(this.#shell);
  }

  close(sealed: ReadonlySet<unknown>): void {
    const { data, rest } = this.slot;
    if (this.#target) this.#write(get(this.#target.container, this.#target.key));
    else if (!this.#reviver) this.#refer(sealed);
    // `open` has found the data good.
    else if (this.#reviver.close) this.#write(this.#reviver.close(this.#shell, data as never, rest));
  }

  #refer(sealed: ReadonlySet<unknown>): void {
    const { kind, rest, containers } = this.slot;
    const reference = referenceKinds[kind - ValueKind.function];
    if (!reference) return;
    const nested = reference === "result" && containers.some((container) => sealed.has(container));
    expect(!nested, "no unanswered result inside a special value");
    this.#write(this.#options.references.read(reference, rest, (value) => this.#write(value)));
  }

  #write(value: unknown): void {
    // An own key or index already, so even `__proto__` is only written over.
    (this.slot.container as Record<Key, unknown>)[this.slot.key] = value;
  }
}

/** No place may have two entries. */
function refuseTwins(revivals: readonly Revival[]): void {
  // As most tables have one entry.
  if (revivals.length < 2) return;
  const taken = new Map<object, Set<Key>>();
  for (const { slot } of revivals) {
    const keys = taken.get(slot.container) ?? new Set();
    expect(!keys.has(slot.key), "one entry for each place");
    taken.set(slot.container, keys.add(slot.key));
  }
}

function nameOf(name: unknown): string {
  return typeof name === "string" ? JSON.stringify(name.slice(0, 100)) : typeof name;
}
