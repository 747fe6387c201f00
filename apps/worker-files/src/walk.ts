import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

/** A file to read, with its size in bytes when it was found. */
export interface FoundFile {
  readonly path: string;
  readonly size: number;
}

/** What could not be read or has vanished, with the system's code such as `EACCES`, or ENAME for a name that is no text. */
export interface Unreadable {
  readonly path: string;
  readonly code: string;
}

/** What the walk came upon since it said so last. */
export interface Found {
  readonly files: FoundFile[];
  readonly unreadable: Unreadable[];
  /** Links and special files: they are seen, and left alone. */
  passedOver: number;
}

/** How many folders are looked into at once, and how many entries of one are handed over together. */
const foldersAtOnce = 16;
const stride = 256;

/**
 * Finds every regular file below a folder, and hands over some hundreds at a time; waits for whoever takes them.
 * Follows no link, so it comes to an end. A folder that cannot be read is reported, and the walk goes on. Returns
 * early when `signal` aborts.
 */
export async function walk(root: string, signal: AbortSignal, take: (found: Found) => Promise<void>): Promise<void> {
  const folders = [root];
  while (folders.length > 0 && !signal.aborted) {
    const some = folders.splice(-foldersAtOnce);
    await Promise.all(some.map((folder) => lookInto(folder, folders, signal, take)));
  }
}

// Hands over what is in one folder, and adds its folders to those to come.
async function lookInto(folder: string, folders: string[], signal: AbortSignal, take: (found: Found) => Promise<void>) {
  let found = nothing();
  let paths: string[] = [];
  try {
    for await (const entry of await opendir(folder, { bufferSize: stride })) {
      if (signal.aborted) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) paths.push(path);
      else found.passedOver++;
      if (paths.length < stride) continue;
      await take(await measure(paths, found));
      [found, paths] = [nothing(), []];
    }
  } catch (error) {
    found.unreadable.push({ path: folder, code: codeOf(error, folder) });
  }
  await take(await measure(paths, found));
}

async function measure(paths: readonly string[], found: Found): Promise<Found> {
  await Promise.all(
    paths.map(async (path) => {
      try {
        found.files.push({ path, size: (await lstat(path)).size });
      } catch (error) {
        found.unreadable.push({ path, code: codeOf(error, path) });
      }
    }),
  );
  return found;
}

function nothing(): Found {
  return { files: [], unreadable: [], passedOver: 0 };
}

function codeOf(error: unknown, path: string): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  // A name that is no UTF-8 does not survive in a string, and nothing has the name that did.
  return code === "ENOENT" && path.includes("\uFFFD") ? "ENAME" : code;
}
