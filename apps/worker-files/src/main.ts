#!/usr/bin/env node
import { parseCommandLine, usage } from "./command-line.ts";
import { printable } from "./printable.ts";
import { readFolder } from "./read-folder.ts";
import { report } from "./report.ts";
import { showProgress } from "./show-progress.ts";

process.stdout.on("error", leaveWhenNobodyReads);
process.exitCode = await main(process.argv.slice(2));

// Results go to stdout, progress and complaints to stderr.
async function main(args: readonly string[]): Promise<number> {
  const command = parseCommandLine(args);
  switch (command.kind) {
    case "help":
      process.stdout.write(usage);
      return 0;
    case "misuse":
      process.stderr.write(`worker-files: ${printable(command.why)}\n\n${usage}`);
      return 2;
    case "read":
      return await read(command.folder, command.threads);
  }
}

async function read(folder: string, threads: number): Promise<number> {
  const cancel = new AbortController();
  let exitCode = 0;
  const stop = (signal: NodeJS.Signals) => {
    exitCode = signal === "SIGINT" ? 130 : 143;
    cancel.abort();
  };
  // Once: whoever presses Ctrl-C again gets what Node does by itself.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  const showing = { end: () => {} };
  try {
    const onStart: Parameters<typeof readFolder>[0]["onStart"] = (reading) => {
      showing.end = showProgress(reading, process.stderr);
    };
    const reading = await readFolder({ folder, threads, signal: cancel.signal, onStart });
    showing.end();
    process.stdout.write(report(reading));
    return exitCode;
  } catch (error) {
    showing.end();
    process.stderr.write(`worker-files: ${printable((error as Error).message)}\n`);
    return 1;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
  }
}

// As in `npm run demo | head`: there is no one left to complain to.
function leaveWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
}
