import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const report = fileURLToPath(new URL("fixtures/conformance-report.mjs", import.meta.url));
const fetcher = fileURLToPath(new URL("../scripts/fetch-runtimes.mjs", import.meta.url));

/** Runtimes beside Node, and how each is told to run a file. */
const runtimes = { bun: [], deno: ["run", "--allow-all"] } as const;

describe.each(Object.entries(runtimes))("the conformance kit in %s", (runtime, args) => {
  it.for(["memory", "port", "worker"])(
    "holds over: %s",
    (kind, { skip }) => {
      const fetched = spawnSync(process.execPath, [fetcher, runtime], { encoding: "utf8" });
      const folder = fetched.stdout.trim();
      if (fetched.status !== 0)
        return (context as unknown as { skip(why: string): void }).skip(
          `${runtime} could not be fetched: ${fetched.stderr}`,
        );
      const { stdout, stderr } = spawnSync(`${folder}/${runtime}`, [...args, report, kind], {
        encoding: "utf8",
        timeout: 110_000,
      });
      const lines = stdout.trim().split("\n");
      expect(
        lines.filter((line) => line.startsWith("failed")),
        stderr,
      ).toEqual([]);
      expect(lines.at(-1)).toMatch(/^(\d+) of \1$/);
    },
    120_000,
  );
});
