import { Catalog } from "./catalog.ts";

/** How far a folder has been read. One object, which the parts of the program write and the progress display reads. */
export interface Reading {
  readonly folder: string;
  readonly threads: number;
  /** By `performance.now()`. */
  readonly began: number;
  /** Set at the end. */
  ended: number | undefined;
  /** Set when the user did not want to wait. */
  cancelled: boolean;
  readonly found: Amount;
  /** True once every file has been found: only then the end can be foreseen. */
  walked: boolean;
  /** Links and special files, which are not read. */
  passedOver: number;
  /** What the workers told while they worked. */
  readonly done: Amount;
  /** Calls made to workers, and calls that they made back to tell how far they are. */
  readonly calls: { made: number; back: number };
  readonly catalog: Catalog;
}

/** So many files, and so many bytes in them. */
export interface Amount {
  files: number;
  bytes: number;
}

/** A reading at its beginning. */
export function newReading(folder: string, threads: number): Reading {
  return {
    folder,
    threads,
    began: performance.now(),
    ended: undefined,
    cancelled: false,
    found: { files: 0, bytes: 0 },
    walked: false,
    passedOver: 0,
    done: { files: 0, bytes: 0 },
    calls: { made: 0, back: 0 },
    catalog: new Catalog(),
  };
}

/** Seconds since the beginning, or from beginning to end. */
export function secondsOf(reading: Reading): number {
  return ((reading.ended ?? performance.now()) - reading.began) / 1000;
}
