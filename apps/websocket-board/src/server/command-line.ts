import { parseArgs } from "node:util";

/** What the command line asks for. */
export type Command =
  | { readonly kind: "serve"; readonly port: number }
  | { readonly kind: "help" }
  | { readonly kind: "misuse"; readonly why: string };

/** What `--help` prints, and misuse. */
export const usage = `usage: websocket-board [--port <number>]

Serves a shared board on this machine, at port 5180 unless told. Open it in two tabs; Ctrl-C ends it.

exit codes: 0 ended · 1 the port is taken, or may not be used · 2 wrong usage
`;

/** Reads the command line. */
export function parseCommandLine(args: readonly string[]): Command {
  try {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) return { kind: "help" };
    const port = Number(values.port);
    if (/^\d+$/.test(values.port) && port < 65_536) return { kind: "serve", port };
    return { kind: "misuse", why: `--port takes a number from 0 to 65535, got "${values.port}"` };
  } catch (error) {
    return { kind: "misuse", why: (error as Error).message };
  }
}

const options = {
  port: { type: "string", short: "p", default: "5180" },
  help: { type: "boolean", short: "h" },
} as const;
