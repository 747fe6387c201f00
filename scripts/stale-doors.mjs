/**
 * Vitest's first word: names the packages that `tsc -b` alone has checked anew. It leaves their doors as they were, and a test has
 * the source of its own package and the doors of all others. A word, no refusal: most tests need only their own.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { publicPackages } from "./packages.mjs";

/** Vitest calls it once for each project; it speaks once. */
export function setup() {
  const stale = publicPackages().filter(isStale);
  if (stale.length === 0 || globalThis.portolanToldStaleDoors) return;
  globalThis.portolanToldStaleDoors = true;
  console.warn(
    `The doors of ${stale.map(({ name }) => name).join(", ")} are older than what tsc checked: run pnpm build.`,
  );
}

function isStale({ folder }) {
  const dist = join(folder, "dist");
  const checked = writtenAt(join(dist, ".tsbuildinfo"));
  if (checked === 0) return false;
  const doors = readdirSync(dist, { recursive: true }).filter((file) => /\.c?js$/.test(file));
  return doors.every((file) => writtenAt(join(dist, file)) < checked);
}

/** Milliseconds since 1970; 0 for a file that is not there. */
function writtenAt(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}
