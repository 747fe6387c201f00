import type { Key, TableEntry } from "../message.ts";
import { referenceKinds, ValueKind, type ValueKindNumber } from "./kinds.ts";
import type { ReferenceKind, ReferenceWriter } from "./reference.ts";
import { refusal, writePath } from "./refusal.ts";

/** How {@link pack} writes. */
export interface PackOptions {
  /**
   * `"clone"`: the carrier clones, so what structured clone keeps exactly goes as it is.
   * `"json"`: only JSON values in the data, everything else in the table.
   */
  readonly level: "clone" | "json";
  /** At the json level: bytes and platform objects ride as they are, since the carrier clones; see {@link downgrade}. */
  readonly attachments?: boolean;
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

/** What may be said when a thing is met a second time. */
export const Meeting = {
  /** At the clone level the same object goes in both places; at the json level a `ref` does. */
  share: 0,
  /** A `ref` to the first place. */
  refer: 1,
  /** A Map or Set being walked, not known yet to be special: meeting it again makes it so. */
  decide: 2,
  /** An instance whose class revives it from finished data only: a cycle through it cannot be revived. */
  refuse: 3,
} as const;

/** A thing met in the walk, and its place in the data. */
export interface Place {
  readonly source: object;
  readonly parent: Place | null;
  readonly key: Key;
  readonly previous: Place | null;
  /** What stands for it in the data. */
  out: unknown;
  again: (typeof Meeting)[keyof typeof Meeting];
}

/** How many things are looked up one by one before a Map takes over. */
const fewPlaces = 12;

/** Packs one value, which stands under `key` in the open place; returns what stands for it in the data. */
export type Walk = (value: unknown, key: Key, packing: Packing) => unknown;

/** The state of one walk: where it is, what it met, and what it wrote so far. */
export class Packing {
  readonly options: PackOptions;
  readonly clone: boolean;
  /** Packs a child of the open place. */
  readonly walk: Walk;
  /** The thing whose children are being walked. */
  open: Place | null = null;
  /** Above 0 inside a Map, Set or class, where nothing can be put in place later. */
  sealed = 0;
  /** Above 0 inside what `transfer()` marked. */
  moving = 0;
  moved = false;
  size = 0;
  plain = true;
  table: (readonly unknown[])[] | null = null;
  readonly transfer: object[] = [];
  readonly marked: object[] = [];
  #last: Place | null = null;
  #count = 0;
  #places: Map<object, Place> | null = null;
  #pending: { readonly entry: unknown[]; readonly kind: ReferenceKind; readonly value: object }[] | null = null;

  constructor(options: PackOptions, walk: Walk) {
    this.options = options;
    this.clone = options.level === "clone";
    this.walk = walk;
  }

  /** Bytes and platform objects go as they are. */
  get carriesNatives(): boolean {
    return this.clone || this.options.attachments === true;
  }

  /** Buffers, and whatever else a platform can move, may be moved. */
  get canMoveAll(): boolean {
    return this.options.moves === "all" && this.carriesNatives;
  }

  /** The place of a thing met before. */
  find(source: object): Place | undefined {
    if (this.#places) return this.#places.get(source);
    for (let place = this.#last; place; place = place.previous) if (place.source === source) return place;
    return undefined;
  }

  /** Remembers a thing at `key` of the open place. */
  meet(source: object, key: Key, out: unknown, again: Place["again"] = Meeting.refer): Place {
    const place: Place = { source, parent: this.open, key, previous: this.#last, out, again };
    this.#last = place;
    this.#places?.set(source, place);
    if (++this.#count === fewPlaces) this.#places = placesOf(place);
    return place;
  }

  /** What stands for a thing met again. */
  again(place: Place, key: Key): unknown {
    if (this.clone && place.again === Meeting.share) {
      this.plain = false;
      return place.out;
    }
    if (place.again === Meeting.refuse) {
      throw this.refuse(
        key,
        "its class decodes finished data only, so it cannot hold itself; break the cycle in encode",
      );
    }
    if (place.again === Meeting.decide) place.again = Meeting.refer;
    this.entry(ValueKind.ref, key, pathOf(place.parent, place.key));
    return null;
  }

  /** Adds a table entry for `key` of the open place. */
  entry(kind: ValueKindNumber, key: Key, ...rest: readonly unknown[]): void {
    this.size += 16;
    this.table ??= [];
    this.table.push([kind, pathOf(this.open, key), ...rest]);
  }

  /** Adds the entry of a thing that crosses by reference, to be exported once the whole walk has succeeded. */
  reference(kind: ReferenceKind, value: object, key: Key): null {
    if (kind === "result" && this.sealed > 0) {
      throw this.refuse(
        key,
        "an unanswered result inside a Map, Set or class instance cannot be put in place later; await it first",
      );
    }
    this.meet(value, key, null);
    const entry: unknown[] = [ValueKind.function + referenceKinds.indexOf(kind), pathOf(this.open, key)];
    this.size += 16;
    this.table ??= [];
    this.table.push(entry);
    this.#pending ??= [];
    this.#pending.push({ entry, kind, value });
    return null;
  }

  /** Lists what the carrier shall move, once. */
  move(thing: object): void {
    if (!this.transfer.includes(thing)) this.transfer.push(thing);
  }

  /** The error for a value at `key` of the open place that cannot cross. */
  refuse(key: Key, why: string, cause?: unknown): Error {
    return refusal(writePath(this.options.root, pathOf(this.open, key)), why, cause);
  }

  /** Exports what crosses by reference and hands over the message. */
  finish(data: unknown): Packed {
    for (const { entry, kind, value } of this.#pending ?? []) {
      entry.push(...this.options.references.write(kind, value));
    }
    return {
      data,
      // Every entry was made by `entry` or `reference`, which begin it with kind and path.
      table: this.table as unknown as TableEntry[] | null,
      transfer: this.transfer,
      moved: this.moved,
      size: this.size,
      plain: this.plain,
    };
  }
}

/** The path to `key` of a place, as the wire writes it. */
export function pathOf(parent: Place | null, key: Key): Key[] {
  const path: Key[] = [];
  for (let place = parent, at = key; place; at = place.key, place = place.parent) path.push(at);
  return path.reverse();
}

function placesOf(last: Place): Map<object, Place> {
  const places = new Map<object, Place>();
  for (let place: Place | null = last; place; place = place.previous) places.set(place.source, place);
  return places;
}
