import { IdTable, manyReferences } from "./id-table.ts";
import { exceeded } from "./limits.ts";
import type { Link } from "./link.ts";
import type { CallScope, Lender } from "./scope.ts";
import { nodeOf } from "./stub-base.ts";

/** Something the peer may refer to. */
export interface Export {
  readonly id: number;
  readonly value: object;
  /** Open calls that it was lent to. */
  lends: number;
  /** Times it was given away or retained, less those given back. */
  holds: number;
}

/** How a reference crosses: lent for a call, owned by the receiver, or lent until the session ends. */
export const Lease = { lent: 0, owned: 1, session: 2 } as const;
export type Lease = (typeof Lease)[keyof typeof Lease];

/**
 * What the peer may refer to. One value is one export while it is alive; ids are
 * never used again. An export ends with its last lend and hold; its
 * `[Symbol.dispose]` runs once the last holder anywhere has let go.
 */
export class Exports implements Lender<Export> {
  readonly #byId = new IdTable<Export>(manyReferences);
  readonly #byValue = new Map<object, Export>();
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: number): Export | undefined {
    return this.#byId.get(id);
  }

  /** Lends `value` until `scope` ends. */
  lend(value: object, scope: CallScope): number {
    const entry = this.#entryOf(value);
    entry.lends++;
    scope.lend(this, entry);
    return entry.id;
  }

  endLend(entry: Export): void {
    entry.lends--;
    this.#dropIfUnused(entry);
  }

  /** Gives `value` to the peer, who releases it. */
  give(value: object): number {
    const entry = this.#entryOf(value);
    if (entry.holds++ === 0) changeHolders(value, 1);
    return entry.id;
  }

  /** The peer keeps what it was lent. Quiet for an export that has ended: the peer hears of that when it calls. */
  retain(id: number): void {
    const entry = this.#byId.get(id);
    if (entry && entry.holds++ === 0) changeHolders(entry.value, 1);
  }

  /** The peer gives back `count` holds. More than it has, late or repeated: quiet. */
  release(id: number, count: number): void {
    const entry = this.#byId.get(id);
    if (!entry || entry.holds === 0) return;
    entry.holds = Math.max(0, entry.holds - count);
    if (entry.holds === 0) this.#lastHoldGone(entry);
    this.#dropIfUnused(entry);
  }

  /** A result that nobody is left to take: as if it had been given and given back, so that it is disposed of. */
  discard(value: object): void {
    this.release(this.give(value), 1);
  }

  /** The session has ended: the peer holds nothing any more. */
  clear(): void {
    const entries = this.#byId.values();
    this.#byId.clear();
    this.#byValue.clear();
    for (const entry of entries) if (entry.holds > 0) this.#lastHoldGone(entry);
  }

  #entryOf(value: object): Export {
    const known = this.#byValue.get(value);
    if (known) return known;
    const { references } = this.#link.limits;
    if (this.#byId.size >= references) throw exceeded("references", references);
    const entry = { id: this.#link.nextId(), value, lends: 0, holds: 0 };
    this.#byId.add(entry);
    this.#byValue.set(value, entry);
    return entry;
  }

  #dropIfUnused(entry: Export): void {
    if (entry.lends > 0 || entry.holds > 0 || !this.#byId.delete(entry.id)) return;
    this.#byValue.delete(entry.value);
  }

  #lastHoldGone({ value }: Export): void {
    if (!isDisposable(value) || changeHolders(value, -1) > 0) return;
    try {
      value[Symbol.dispose]();
    } catch (error) {
      this.#link.report(error);
    }
  }
}

/** How many sessions hold a value that can be disposed of, so that the last of them does. */
const holders = new WeakMap<object, number>();

function changeHolders(value: object, by: 1 | -1): number {
  if (!isDisposable(value)) return 0;
  const count = (holders.get(value) ?? 0) + by;
  if (count > 0) holders.set(value, count);
  else holders.delete(value);
  return count;
}

/** A stub that was passed on is still its holder's: collection gives it back, we do not. */
function isDisposable(value: object): value is Disposable {
  return Symbol.dispose in value && !nodeOf(value);
}
