import type { Row, Shown } from "./cell.ts";
import type { Rig } from "./rig.ts";

const intro = `# The fault matrix

What can go wrong between two ends, what is promised then, and what was measured, over the real carriers. Generated: every cell is a test of
\`tests/fault-matrix.test.ts\`. In all of them calls under way settle exactly once, nothing is left in any table, and no promise is
left unhandled. Times are from the fault to the last rejection; write the page anew with
\`PORTOLAN_WRITE_DOCS=1 pnpm exec vitest run tests/fault-matrix.test.ts\`.
`;

const outro = `
Electron, extensions and windows prove their rows in their own packages (\`packages/electron/test\`, \`packages/browser-extension/test\`), as do
reconnects (F20: \`packages/node/test\`, \`packages/websocket/test\`) and idle processes (F23: there and in
\`packages/worker-threads/test\`). Three cells cannot be produced here and have substitutes: a laptop that sleeps is SIGSTOP of the peer (F9), a
process out of memory is \`abort()\` (F7), a background tab is a loop that is blocked (F24).
`;

/** The page, from the rows and what they showed. */
export function matrixPage(rows: readonly Row[], rigs: readonly Rig[], shown: ReadonlyMap<string, Shown>): string {
  const head = ["", "fault", "promise", ...rigs.map(({ name }) => name)];
  const body = rows.map((row) => [
    row.id,
    row.fault,
    row.bound === undefined ? row.promise : `${row.promise} (within ${row.bound} ms)`,
    ...rigs.map(({ name }) => (row.columns.includes(name) ? cellOf(shown.get(`${row.id} ${row.fault} ${name}`)) : "–")),
  ]);
  const lines = [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`);
  return `${intro}\n${lines.join("\n")}\n${outro}`;
}

/** Which cells a page has, without what they showed. */
export function shapeOf(page: string): readonly string[] {
  return page
    .split("\n")
    .filter((line) => line.startsWith("| F"))
    .map((line) =>
      line
        .split(" | ")
        .map((cell, index) => (index < 3 ? cell : cell.startsWith("–")))
        .join(" | "),
    );
}

function cellOf(shown: Shown | undefined): string {
  if (!shown) return "tested";
  return shown.ms === undefined ? shown.what : `${shown.what} (${Math.round(shown.ms * 10) / 10} ms)`;
}
