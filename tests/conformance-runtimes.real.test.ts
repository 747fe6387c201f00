import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const report = fileURLToPath(new URL("fixtures/conformance-report.mjs", import.meta.url));
const fetcher = fileURLToPath(new URL("../scripts/fetch-runtimes.mjs", import.meta.url));

/** Runtimes beside Node, and how each is told to run a file. */
const runtimes = { bun: [], deno: ["run", "--allow-all"] } as const;

for (const [runtime, args] of Object.entries(runtimes)) {
  describe(`the conformance kit in ${runtime}`, () => {
    for (const kind of ["memory", "port", "worker", "websocket"]) {
      it(`holds over: ${kind}`, async (context) => {
        const fetched = await ran(process.execPath, [fetcher, runtime]);
        if (fetched.failed) return context.skip(`${runtime} could not be fetched: ${fetched.stderr.trim()}`);
        const { stdout, stderr } = await ran(`${fetched.stdout.trim()}/${runtime}`, [...args, report, kind]);
        const lines = stdout.trim().split("\n");
        expect(lines.filter((line) => line.startsWith("failed"))).toEqual([]);
        expect(lines.at(-1), stderr).toMatch(/^(\d+) of \1$/);
      }, 240_000);
    }
  });
}

/** Runs a program to its end. Never rejects, and leaves this thread free: vitest gives up a test file that is silent for a minute. */
function ran(program: string, args: string[]): Promise<{ failed: boolean; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 220_000 }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, stdout, stderr }),
    );
  });
}
