// Results are kept by day, each with the machine that they were taken on. Ratios are comparable between days, times are not.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

// Others who use the machine make every figure worse, and some more than others: it is told how busy it was before us.
const [loadBefore] = loadavg();

const folder = new URL("./results/", import.meta.url);

/** Keeps rows in today's file. Rows of the same name there are replaced, and all of them when `complete`. */
export function saveRows(rows, { rounds, complete }) {
  mkdirSync(folder, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const file = new URL(`${date}.json`, folder);
  const kept = complete || !existsSync(file) ? [] : (JSON.parse(readFileSync(file, "utf8")).rows ?? []);
  const others = kept.filter((row) => row.kind && !rows.some(({ name }) => name === row.name));
  const text = JSON.stringify(
    { date, machine: machine(), load: loadBefore, rounds, rows: [...others, ...rows].map(rounded) },
    undefined,
    2,
  );
  writeFileSync(file, `${text}\n`);
}

/** The newest results. */
export function newestResults() {
  const newest = readdirSync(folder)
    .filter((name) => /^\d{4}-\d\d-\d\d\.json$/.test(name))
    .sort()
    .at(-1);
  if (!newest) throw new Error("there are no results yet: run node bench/run.mjs --save");
  return JSON.parse(readFileSync(new URL(newest, folder), "utf8"));
}

/** What class of machine this is. */
export function machine() {
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  return `${availableParallelism()} cores, ${cpus()[0]?.model.trim() || "unknown processor"}, ${gigabytes} GB, Node ${process.versions.node}`;
}

function rounded(row) {
  return JSON.parse(
    JSON.stringify(row, (_key, value) => (typeof value === "number" ? Number(value.toPrecision(4)) : value)),
  );
}
