import { readFileSync, writeFileSync } from "node:fs";
import { type ConformanceResult, conformanceCases, runConformance } from "@portolan/conformance";
import { afterAll, describe, expect, it } from "vitest";
import { adapters, removeFarSide } from "./conformance/adapters.ts";

const page = new URL("../docs/conformance.md", import.meta.url);
const marks = { passed: "✓", refused: "refused", failed: "FAILED" } as const;

const intro = `# The conformance table

Every case of \`@portolan/conformance\` over every adapter that runs in Node alone, in its real runtime. Generated; a test compares it, so that
no case disappears silently. "refused": the port, or the rig, lacks what the case needs; where users would get a typed refusal, that is checked instead. Forked
children, windows, Electron and extensions run the same cases in their own packages, and
Bun 1.4 and Deno 2.9 over memory, ports, workers and WebSockets (\`tests/conformance-runtimes.real.test.ts\`). To run it and write it anew:
\`PORTOLAN_WRITE_DOCS=1 pnpm exec vitest run tests/conformance-table.real.test.ts\`.
`;

afterAll(removeFarSide);

describe("docs/conformance.md", () => {
  const columns = new Map<string, readonly ConformanceResult[]>();
  for (const [name, connect] of Object.entries(adapters)) {
    it(`runs every case over: ${name}`, async () => {
      const results = await runConformance({ connect, timeout: 60_000 });
      columns.set(name, results);
      const failed = results.filter(({ outcome }) => outcome === "failed");
      expect(failed.map((result) => `${result.group}: ${result.name}: ${String(result.error)}`)).toEqual([]);
    }, 600_000);
  }

  it("is what the runs have just shown", () => {
    const table = tableOf(columns);
    if (process.env["PORTOLAN_WRITE_DOCS"] === "1") writeFileSync(page, table);
    expect(readFileSync(page, "utf8")).toBe(table);
  });
});

function tableOf(columns: ReadonlyMap<string, readonly ConformanceResult[]>): string {
  const head = ["case", ...columns.keys()];
  const rows = conformanceCases.map(({ group, name }) => [
    `${group}: ${name}`,
    ...[...columns.values()].map((results) => {
      const result = results.find((each) => each.name === name && each.group === group);
      return result ? marks[result.outcome] : "missing";
    }),
  ]);
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `${intro}\n${lines.join("\n")}\n`;
}
