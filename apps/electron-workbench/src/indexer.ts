// A utility process that reads a folder: its own memory, its own crashes. Pages that main connects call it directly.
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { peerListener } from "@portolan/electron/utility";
import { type Call, serve } from "@portolan/server";

/** One file that was read. */
export interface Indexed {
  readonly path: string;
  readonly lines: number;
  /** The first kilobytes, for the thumbnail. */
  readonly head: string;
}

const readable = new Set([".ts", ".cts", ".md", ".mjs", ".json"]);

const api = {
  /** Yields each file, tells of its progress, and stops when the caller does. */
  async *index(this: Call, folder: string, progress: (done: number, total: number) => void): AsyncGenerator<Indexed> {
    const { signal } = this;
    const paths: string[] = [];
    for await (const path of files(folder)) paths.push(path);
    for (const [index, path] of paths.entries()) {
      signal.throwIfAborted();
      const text = await readFile(path, "utf8");
      // Slow enough to be watched, and to be cancelled.
      await new Promise((done) => setTimeout(done, 5));
      progress(index + 1, paths.length);
      yield { path: relative(folder, path), lines: text.split("\n").length, head: text.slice(0, 4096) };
    }
  },
};

export type IndexerApi = typeof api;

serve(peerListener({ name: "indexer" }), api);

async function* files(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!["node_modules", "dist", ".turbo"].includes(entry.name)) yield* files(path);
    } else if (readable.has(extname(entry.name))) yield path;
  }
}
