import type { Key } from "../message.ts";
import { bytesReviver } from "./bytes.ts";
import { checkLimits } from "./check-limits.ts";
import { classReviver } from "./classes.ts";
import { mapReviver, setReviver } from "./collections.ts";
import { errorReviver } from "./errors.ts";
import { referenceKinds, ValueKind, type ValueKindNumber } from "./kinds.ts";
import { arrayReviver } from "./lists.ts";
import { fileReviver, nativeReviver } from "./platform-objects.ts";
import { nullProtoReviver } from "./records.ts";
import { malformed } from "./refusal.ts";
import { type Revival, type Reviver, setOwn, type UnpackOptions } from "./reviving.ts";
import { bigintReviver, numberReviver, symbolReviver, undefinedReviver } from "./scalars.ts";
import { resolveSlot, resolveSlots, type Slot } from "./slots.ts";
import { boxedReviver, dateReviver, regexpReviver } from "./wrappers.ts";

export type { UnpackOptions, ValueLimits } from "./reviving.ts";

/**
 * Turns data and table back into the value, in place: the data becomes the value.
 * Both are foreign. Throws an RpcError: INVALID_ARGUMENT for a table that does not
 * fit, RESOURCE_EXHAUSTED beyond the limits. References that were read before
 * that are with the session, which releases them.
 *
 * First every entry is resolved by own keys and checked; then the shells are made
 * and put in place, so that cycles find them; then they are filled, in the order
 * of the table.
 */
export function unpack(data: unknown, table: unknown, options: UnpackOptions): unknown {
  if (options.limits) checkLimits(data, table, options);
  if (table === null || table === undefined) return data;
  if (!Array.isArray(table)) throw malformed("the table is no list");
  if (table.length === 0) return data;
  const root = { value: data };
  const revival = new Reviving(options);
  const slots = resolveSlots(root, table, options.limits?.depth);
  const targets = slots.map((slot) => checkEntry(slot, root, options));
  const shells = slots.map((slot) => reviverOf(slot.kind)?.open(slot.data, slot.rest, revival));
  for (const [index, slot] of slots.entries()) if (reviverOf(slot.kind)) write(slot, shells[index]);
  for (const [index, slot] of slots.entries()) fill(slot, shells[index], targets[index], revival);
  return root.value;
}

const revivers: { readonly [Kind in ValueKindNumber]?: Reviver } = {
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
  [ValueKind.class]: classReviver,
  [ValueKind.native]: nativeReviver,
  [ValueKind.file]: fileReviver,
};

function reviverOf(kind: number): Reviver | undefined {
  return revivers[kind as ValueKindNumber];
}

class Reviving implements Revival {
  readonly options: UnpackOptions;
  readonly #shells = new Map<object, object>();
  readonly #sealed = new Set<object>();

  constructor(options: UnpackOptions) {
    this.options = options;
  }

  stands(container: object, shell: object): void {
    this.#shells.set(container, shell);
  }

  seal(container: object): void {
    this.#sealed.add(container);
  }

  isSealed(containers: readonly object[]): boolean {
    return this.#sealed.size > 0 && containers.some((container) => this.#sealed.has(container));
  }

  /** The object that a container has become. */
  standIn(container: object): object {
    return this.#shells.get(container) ?? container;
  }
}

/** Checks the kind; resolves what a `ref` points to. */
function checkEntry(slot: Slot, root: object, options: UnpackOptions): Slot | undefined {
  const { kind, rest } = slot;
  if (kind === ValueKind.ref) return resolveSlot(root, [kind, rest[0]], options.limits?.depth);
  if (reviverOf(kind) || referenceKinds[kind - ValueKind.function]) return undefined;
  throw malformed(`there is no kind ${kind}`);
}

function fill(slot: Slot, shell: unknown, target: Slot | undefined, revival: Reviving): void {
  if (target) write(slot, read(target));
  else if (slot.kind >= ValueKind.function) fillReference(slot, revival);
  else {
    const close = reviverOf(slot.kind)?.close;
    if (!close) return;
    const value = close(shell, slot.data, slot.rest, revival);
    if (value !== shell) write(slot, value);
  }
}

function fillReference(slot: Slot, revival: Reviving): void {
  const kind = referenceKinds[slot.kind - ValueKind.function];
  if (!kind) return;
  if (kind === "result" && revival.isSealed(slot.containers)) {
    throw malformed("an unanswered result inside a Map, Set or class instance");
  }
  const { references } = revival.options;
  const put = (value: unknown) => setOwn(revival.standIn(slot.container), slot.key, value);
  write(slot, references.read(kind, slot.rest, put));
}

function read({ container, key }: Slot): unknown {
  return (container as Record<Key, unknown>)[key];
}

function write({ container, key }: Slot, value: unknown): void {
  setOwn(container, key, value);
}
