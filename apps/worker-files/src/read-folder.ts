import { access, constants, realpath, stat } from "node:fs/promises";
import { Batches } from "./batches.ts";
import { workThrough } from "./crew.ts";
import { newReading, type Reading } from "./reading.ts";
import { walk } from "./walk.ts";

/** What to read, and how. */
export interface ReadFolderOptions {
  readonly folder: string;
  readonly threads: number;
  /** Cancels at once. What was done until then is the result. */
  readonly signal: AbortSignal;
  /** Called when the folder is known to be there. */
  onStart(reading: Reading): void;
}

/**
 * Reads every file of a folder: one side finds files, the other hands them to the workers.
 *
 * Rejects when the folder is missing or is none, and when a worker dies. A file that cannot be read is an entry of
 * the catalog and no reason to stop.
 */
export async function readFolder({ folder, threads, signal, onStart }: ReadFolderOptions): Promise<Reading> {
  const reading = newReading(await folderAt(folder), threads);
  onStart(reading);
  // What fails on one side ends the other.
  const failed = new AbortController();
  const stop = () => failed.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const batches = new Batches(threads, failed.signal);
  const sides = [find(reading, batches, failed.signal), workThrough(reading, batches, failed.signal)];
  try {
    if (signal.aborted) stop();
    await Promise.all(sides.map((side) => side.catch((error) => fail(failed, error))));
    if (failed.signal.aborted && !signal.aborted) throw failed.signal.reason;
  } finally {
    signal.removeEventListener("abort", stop);
    reading.cancelled = signal.aborted;
    reading.ended = performance.now();
  }
  return reading;
}

// The first reason stays: later ones only follow from it.
function fail(failed: AbortController, error: unknown): void {
  failed.abort(error);
}

async function find(reading: Reading, batches: Batches, signal: AbortSignal): Promise<void> {
  await walk(reading.folder, signal, (found) => {
    reading.passedOver += found.passedOver;
    for (const { path, code } of found.unreadable) reading.catalog.skip(path, code);
    for (const { size } of found.files) reading.found.bytes += size;
    reading.found.files += found.files.length;
    return batches.add(found.files);
  });
  if (signal.aborted) return;
  reading.walked = true;
  batches.end();
}

async function folderAt(path: string): Promise<string> {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === "ENOENT" ? `there is no folder ${path || '""'}` : `cannot read ${path}: ${error.message}`,
    );
  });
  if (!there.isDirectory()) throw new Error(`${path} is not a folder`);
  await access(path, constants.R_OK | constants.X_OK).catch(() => {
    throw new Error(`the folder ${path} may not be read`);
  });
  return await realpath(path);
}
