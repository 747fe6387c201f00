import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** What the command line asks for. */
export type Command =
  | { readonly kind: "read"; readonly folder: string; readonly threads: number }
  | { readonly kind: "help" }
  | { readonly kind: "misuse"; readonly why: string };

/** What `--help` prints, and misuse. */
export const usage = `usage: worker-files [--threads <number>] [folder]

Hashes every file of a folder, counts its lines by language and finds duplicates, with one worker thread per core.
Links are not followed. Without a folder: this repository's node_modules.

exit codes: 0 done, even if some files could not be read · 1 failed · 2 wrong usage · 130 cancelled by Ctrl-C
`;

/** Reads the command line. */
export function parseCommandLine(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) return { kind: "help" };
    if (positionals.length > 1) return misuse(`expected one folder, got ${positionals.length}`);
    const threads = Number(values.threads ?? availableParallelism());
    if (!Number.isInteger(threads) || threads < 1 || threads > maxThreads) {
      return misuse(`--threads takes a number from 1 to ${maxThreads}, got "${values.threads}"`);
    }
    return { kind: "read", folder: positionals[0] ?? ownModules(), threads };
  } catch (error) {
    return misuse((error as Error).message);
  }
}

const maxThreads = 256;
const options = { threads: { type: "string", short: "t" }, help: { type: "boolean", short: "h" } } as const;

function misuse(why: string): Command {
  return { kind: "misuse", why };
}

function ownModules(): string {
  return fileURLToPath(new URL("../../../node_modules", import.meta.url));
}
