import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import type { Row, Shown } from "./fault-matrix/cell.ts";
import { endings } from "./fault-matrix/endings.ts";
import { matrixPage, shapeOf } from "./fault-matrix/page.ts";
import { rigs } from "./fault-matrix/rigs.ts";
import { troubles } from "./fault-matrix/troubles.ts";

const rows: readonly Row[] = [...endings, ...troubles].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
const page = new URL("../docs/fault-matrix.md", import.meta.url);
const shown = new Map<string, Shown>();
const unhandled: unknown[] = [];
process.on("unhandledRejection", (error) => unhandled.push(error));

for (const rig of rigs) {
  describe(`faults, ${rig.name}`, () => {
    for (const row of rows.filter(({ columns }) => columns.includes(rig.name))) {
      it(`${row.id} ${row.fault}: ${row.promise}`, async () => {
        const result = await row.run(rig);
        if (row.bound !== undefined) expect(result.ms).toBeLessThanOrEqual(row.bound * slowness());
        expect(unhandled.splice(0)).toEqual([]);
        shown.set(`${row.id} ${row.fault} ${rig.name}`, result);
      }, 30_000);
    }
  });
}

describe("docs/fault-matrix.md", () => {
  it("lists exactly the cells that are tested (PORTOLAN_WRITE_DOCS=1 writes it anew)", () => {
    if (process.env["PORTOLAN_WRITE_DOCS"] === "1") return;
    expect(existsSync(page)).toBe(true);
    expect(shapeOf(readFileSync(page, "utf8"))).toEqual(shapeOf(matrixPage(rows, rigs, new Map())));
  });
});

afterAll(() => {
  if (process.env["PORTOLAN_WRITE_DOCS"] === "1") writeFileSync(page, matrixPage(rows, rigs, shown));
});

/** A machine that runs several test files at once is slower than the bounds assume. */
function slowness(): number {
  return process.env["PORTOLAN_STRICT_BOUNDS"] === "1" ? 1 : 15;
}
