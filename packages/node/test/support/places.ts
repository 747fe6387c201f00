import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The path of a fixture. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** A path for a Unix socket in a folder of its own, and the way to remove it. */
export function socketPath(): { readonly path: string; remove(): void } {
  // The path of a socket has at most some hundred bytes; a folder for temporary files may have a long name.
  const folder = mkdtempSync(join(tmpdir().length < 70 ? tmpdir() : "/tmp", "portolan-"));
  return { path: join(folder, "s.sock"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
