import type { Key, TableEntry } from "../message.ts";
import { referenceKinds, ValueKind, type ValueKindNumber } from "./kinds.ts";
import type { ReferenceKind, ReferenceWriter } from "./reference.ts";
import { refuse, writePath } from "./refusal.ts";

/** How {@link pack} writes. */
export interface PackOptions {
  /**
   * `"clone"`: the carrier clones, so what structured clone keeps exactly goes as it is.
   * `"json"`: only JSON values in the data, everything else in the table.
   */
  readonly level: "clone" | "json";
  /** At the json level: bytes and platform objects ride as they are, since the carrier clones; see {@link downgrade}. */
  readonly attachments?: boolean;
  /** At the json level: what stands for bytes, for codecs that carry them beside their text. */
  readonly attach?: ((bytes: Uint8Array) => unknown) | undefined;
  /** What structured clone takes of the platform's own may cross. Default true. */
  readonly platformObjects?: boolean;
  /** RegExp, SharedArrayBuffer and the stacks of errors go to trusted peers only. */
  readonly trusted: boolean;
  /** What the carrier can move instead of copying. */
  readonly moves: "none" | "ports" | "all";
  /** How paths in error messages begin: `"args"`, `"result"`, `"item"` … */
  readonly root: string;
  readonly references: ReferenceWriter;
}

/** A value on its way out: plain data, and a table of what was special. */
export interface Packed {
  readonly data: unknown;
  readonly table: TableEntry[] | null;
  /** What the carrier shall move. */
  readonly transfer: readonly object[];
  /** Something that the user marked with `transfer()` is moved, so this can be sent only once. */
  readonly moved: boolean;
  /** About how many bytes it is. */
  readonly size: number;
  /** Data and table are pure JSON: any carrier will do. */
  readonly plain: boolean;
}

/** A thing met in the walk, and its place in the data. */
export interface Place {
  readonly source: object;
  readonly parent: Place | null;
  readonly key: Key;
  readonly previous: Place | null;
  /** What stands for it in the data. */
  out: unknown;
  /**
   * What to do when it is met again. `"share"`: a carrier that clones takes the same object in both places.
   * `"refer"`: a `ref` to the first place. `"refuse"`: it is decoded from finished data, so it cannot hold itself.
   */
  again: "share" | "refer" | "refuse";
}

/** Packs one value, which stands under `key` of the open place; returns what stands for it in the data. */
export type Walk = (value: unknown, key: Key, packing: Packing) => unknown;

/** How many things are looked up one by one before a Map takes over. */
const fewPlaces = 32;

/** The state of one walk: where it is, what it met, and what it wrote so far. */
export class Packing {
  readonly options: PackOptions;
  readonly clone: boolean;
  /** Bytes and platform objects go as they are. */
  readonly natives: boolean;
  /** Whatever the platform can move may be moved. */
  readonly movesAll: boolean;
  readonly walk: Walk;
  /** Every object has an enumerable property more, which a loop over names shows. */
  readonly haunted: boolean = isHaunted();
  /** The thing whose children are being walked. */
  open: Place | null = null;
  /** Where the walk is in the open place, for messages. */
  key: Key = 0;
  /** Above 0 inside a special container, where nothing can be put in place later. */
  sealed = 0;
  /** Above 0 inside what `transfer()` marked. */
  moving = 0;
  moved = false;
  size = 0;
  plain = true;
  readonly table: (readonly unknown[])[] = [];
  readonly transfer: object[] = [];
  /** What `transfer()` marked. */
  readonly marked: object[] = [];
  readonly #exports: (() => void)[] = [];
  #last: Place | null = null;
  #count = 0;
  #places: Map<object, Place> | null = null;

  constructor(options: PackOptions, walk: Walk) {
    this.options = options;
    this.walk = walk;
    this.clone = options.level === "clone";
    this.natives = this.clone || options.attachments === true;
    this.movesAll = this.natives && options.moves === "all";
  }

  /** The place of a thing met before. */
  find(source: object): Place | undefined {
    if (this.#places) return this.#places.get(source);
    for (let place = this.#last; place; place = place.previous) if (place.source === source) return place;
    return undefined;
  }

  /** Remembers a thing at `key` of the open place. */
  meet(source: object, key: Key, out: unknown, again: Place["again"] = "refer"): Place {
    const place: Place = { source, parent: this.open, key, previous: this.#last, out, again };
    this.#last = place;
    this.#places?.set(source, place);
    if (++this.#count === fewPlaces) {
      this.#places = new Map();
      for (let met: Place | null = place; met; met = met.previous) this.#places.set(met.source, met);
    }
    return place;
  }

  /** What stands for a thing met again. */
  again(place: Place, key: Key): unknown {
    if (place.again === "refuse") throw this.refuse("an instance whose decode() needs it finished cannot hold itself");
    if (this.clone && place.again === "share") {
      this.plain = false;
      return place.out;
    }
    this.entry(ValueKind.ref, key, pathTo(place.parent, place.key));
    return null;
  }

  /** Walks the inside of a special container at `place`. */
  inside<T>(place: Place, work: () => T): T {
    const outer = this.open;
    this.open = place;
    this.sealed++;
    const result = work();
    this.sealed--;
    this.open = outer;
    return result;
  }

  /** Adds a table entry for `key` of the open place. */
  entry(kind: ValueKindNumber | number, key: Key, ...rest: readonly unknown[]): unknown[] {
    const entry = [kind, pathTo(this.open, key), ...rest];
    this.size += 16;
    this.table.push(entry);
    return entry;
  }

  /** Adds the entry of a thing that crosses by reference, to be exported once the whole walk has succeeded. */
  reference(kind: ReferenceKind, value: object, key: Key): null {
    const { references } = this.options;
    const known = references.recognise(value) ?? kind;
    if (known === "result" && this.sealed > 0) throw this.refuse("an unanswered result; await it first");
    this.meet(value, key, null);
    const entry = this.entry(ValueKind.function + referenceKinds.indexOf(known), key);
    const sealed = this.sealed > 0;
    this.#exports.push(() => entry.push(...references.write(known, value, sealed)));
    return null;
  }

  /** Refuses what only trusted peers get, and only over carriers that clone. */
  needsTrust(what: string): void {
    if (!this.options.trusted) throw this.refuse(`${what} goes to trusted peers only; send what it holds`);
    this.needsClone(what);
  }

  /** Refuses what JSON has no form for. */
  needsClone(what: string): void {
    if (!this.natives) throw this.refuse(`${what} needs a carrier that clones; send what it holds`);
  }

  /** Lists what the carrier shall move, once. */
  move(thing: object): void {
    if (!this.transfer.includes(thing)) this.transfer.push(thing);
  }

  /** The error for a value that cannot cross: where it is, what it is and what to do instead. */
  refuse(why: string, cause?: unknown): Error {
    return refuse(
      "INVALID_ARGUMENT",
      `${writePath(this.options.root, pathTo(this.open, this.key))} cannot cross: ${why}`,
      cause,
    );
  }

  /** Exports what crosses by reference and hands over the message. */
  finish(data: unknown): Packed {
    for (const write of this.#exports) write();
    const { table, transfer, moved, size, plain } = this;
    // `entry` begins each one with kind and path.
    return { data, table: table.length > 0 ? (table as unknown as TableEntry[]) : null, transfer, moved, size, plain };
  }
}

function isHaunted(): boolean {
  for (const _ in Object.prototype) return true;
  return false;
}

/** The path to `key` of a place, as the wire writes it. */
function pathTo(parent: Place | null, key: Key): Key[] {
  const path: Key[] = [];
  for (let place = parent, at = key; place; at = place.key, place = place.parent) path.push(at);
  return path.reverse();
}
