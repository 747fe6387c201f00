import type { Outcome } from "./read-file.ts";

/** Files of one language. */
export interface LanguageTotal {
  readonly language: string;
  files: number;
  lines: number;
  bytes: number;
}

/** Files with the same content. */
export interface DuplicateGroup {
  /** Bytes of each. */
  readonly size: number;
  /** How many there are. */
  count: number;
  /** The first few of them. */
  readonly paths: string[];
}

/** How many files of a group, and how many skipped files, are remembered by name. The rest is only counted. */
const remembered = 5;
const skipsRemembered = 20;

/** What the workers found, summed up. Keeps one short entry for each different content, and one path in it. */
export class Catalog {
  readonly #byDigest = new Map<string, DuplicateGroup>();
  readonly #byLanguage = new Map<string, LanguageTotal>();
  /** The first files that were skipped, and why: codes of the system, and ENOTFILE for what turned into something else. */
  readonly skipped: { readonly path: string; readonly code: string }[] = [];
  skippedCount = 0;
  files = 0;
  bytes = 0;
  lines = 0;

  add(outcome: Outcome): void {
    if (!outcome.ok) {
      this.skip(outcome.path, outcome.code);
      return;
    }
    this.files++;
    this.bytes += outcome.size;
    this.lines += outcome.lines;
    this.#addToLanguage(outcome.language, outcome.lines, outcome.size);
    // Empty files are all the same, and nobody cares.
    if (outcome.size > 0) this.#addToGroup(outcome.digest, outcome.path, outcome.size);
  }

  skip(path: string, code: string): void {
    if (++this.skippedCount <= skipsRemembered) this.skipped.push({ path, code });
  }

  /** The languages with most lines first. */
  languages(): LanguageTotal[] {
    return [...this.#byLanguage.values()].sort((a, b) => b.lines - a.lines || b.bytes - a.bytes);
  }

  /** Groups of two and more, those that waste most bytes first. */
  duplicates(): DuplicateGroup[] {
    const groups = [...this.#byDigest.values()].filter((group) => group.count > 1);
    return groups.sort((a, b) => wasted(b) - wasted(a) || b.count - a.count);
  }

  #addToLanguage(language: string, lines: number, bytes: number): void {
    const total = this.#byLanguage.get(language) ?? { language, files: 0, lines: 0, bytes: 0 };
    total.files++;
    total.lines += lines;
    total.bytes += bytes;
    this.#byLanguage.set(language, total);
  }

  #addToGroup(digest: string, path: string, size: number): void {
    const group = this.#byDigest.get(digest);
    if (!group) this.#byDigest.set(digest, { size, count: 1, paths: [path] });
    else if (group.count++ < remembered) group.paths.push(path);
  }
}

/** Bytes that would be saved by keeping one file of the group. */
export function wasted(group: DuplicateGroup): number {
  return group.size * (group.count - 1);
}
