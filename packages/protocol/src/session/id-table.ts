const smallest = 16;

/** A ring that is longer than this does not outlast what was in it. */
const lasting = 1024;

/** The longest ring of a table of references, of which there may be 10 000. */
export const manyReferences = 16_384;

/** The ring of every table without a thing in it. Never written to. */
const none: never[] = [];

/**
 * A table from rising ids to things. Most are gone again soon, so each id has a slot of
 * its own in a ring, at a tenth of a Map's cost; those that stay until their slot comes
 * round again move to a Map.
 */
export class IdTable<T extends { readonly id: number }> {
  readonly #longest: number;
  #ring: (T | undefined)[] = none;
  #stayed: Map<number, T> | undefined;
  #size = 0;

  /** @param longest how long the ring may grow, a power of two: twice as many as usually stay at once. */
  constructor(longest = 4096) {
    this.#longest = longest;
  }

  get size(): number {
    return this.#size;
  }

  get(id: number): T | undefined {
    const found = this.#ring[id & (this.#ring.length - 1)];
    return found?.id === id ? found : this.#stayed?.get(id);
  }

  /** Adds a thing whose id is not in the table. */
  add(thing: T): void {
    if (this.#ring === none || this.#isCrowded(thing.id)) this.#grow();
    this.#size++;
    const slot = thing.id & (this.#ring.length - 1);
    const before = this.#ring[slot];
    if (before) {
      this.#stayed ??= new Map();
      this.#stayed.set(before.id, before);
    }
    this.#ring[slot] = thing;
  }

  /** Puts a thing in the place of the one that has its id. */
  replace(thing: T): void {
    const slot = thing.id & (this.#ring.length - 1);
    if (this.#ring[slot]?.id === thing.id) this.#ring[slot] = thing;
    else this.#stayed?.set(thing.id, thing);
  }

  delete(id: number): boolean {
    const slot = id & (this.#ring.length - 1);
    if (this.#ring[slot]?.id === id) this.#ring[slot] = undefined;
    else if (!this.#stayed?.delete(id)) return false;
    if (--this.#size === 0 && this.#ring.length > lasting) this.#ring = none;
    return true;
  }

  /** Everything in the table, lowest id first. */
  values(): T[] {
    const all = [...this.#ring.filter((thing) => thing !== undefined), ...(this.#stayed?.values() ?? [])];
    return all.sort((a, b) => a.id - b.id);
  }

  clear(): void {
    this.#ring = none;
    this.#stayed = undefined;
    this.#size = 0;
  }

  /** Somebody is in the slot already, and too many are here for a Map. A ring without such slots may be full. */
  #isCrowded(id: number): boolean {
    const { length } = this.#ring;
    return this.#size >= length >> 1 && length < this.#longest && this.#ring[id & (length - 1)] !== undefined;
  }

  #grow(): void {
    const all = this.values();
    const length = Math.max(smallest, this.#ring.length * 2);
    this.clear();
    this.#ring = new Array<T | undefined>(length).fill(undefined);
    for (const thing of all) this.add(thing);
  }
}
