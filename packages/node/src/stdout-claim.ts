import type { StreamWrite } from "./exit-proof-output.ts";

/** Standard output for one user alone. */
export interface StdoutClaim {
  /** Writes to standard output. */
  readonly write: StreamWrite;
  /** Lets everyone write there again. */
  giveBack(): void;
}

/**
 * Takes `process.stdout` for messages: what others print, with `console.log` too,
 * goes to standard error until it is given back. Native code and children that
 * inherit the descriptor are beyond reach; the other end reports their lines.
 */
export function claimStdout(): StdoutClaim {
  const { stdout, stderr } = process;
  const original = stdout.write;
  const redirected = stderr.write.bind(stderr);
  stdout.write = redirected as typeof stdout.write;
  return {
    write: (chunk, written) => original.call(stdout, chunk, undefined, written),
    giveBack() {
      // Whoever redirected it after us keeps it.
      if (stdout.write === redirected) stdout.write = original;
    },
  };
}
