import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const report = fileURLToPath(new URL("fixtures/conformance-report.mjs", import.meta.url));
const fetcher = fileURLToPath(new URL("../scripts/fetch-runtimes.mjs", import.meta.url));

/** Runtimes beside Node, and how each is told to run a file. */
const runtimes = { bun: [], deno: ["run", "--allow-all"] } as const;

for (const [runtime, args] of Object.entries(runtimes)) {
  describe(`the conformance kit in ${runtime}`, () => {
    for (const kind of ["memory", "port", "worker", "websocket"]) {
      it(`holds over: ${kind}`, (context) => {
        const fetched = spawnSync(process.execPath, [fetcher, runtime], { encoding: "utf8" });
        if (fetched.status !== 0) return context.skip(`${runtime} could not be fetched: ${fetched.stderr.trim()}`);
        const binary = `${fetched.stdout.trim()}/${runtime}`;
        const ran = spawnSync(binary, [...args, report, kind], { encoding: "utf8", timeout: 110_000 });
        const lines = ran.stdout.trim().split("\n");
        expect(lines.filter((line) => line.startsWith("failed"))).toEqual([]);
        expect(lines.at(-1), ran.stderr).toMatch(/^(\d+) of \1$/);
      }, 120_000);
    }
  });
}
