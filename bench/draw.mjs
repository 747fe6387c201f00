#!/usr/bin/env node
// Draws the newest results as SVG into docs/performance, and writes their tables into docs/performance.md.
//
//   node bench/draw.mjs
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chart } from "./draw/chart.mjs";
import { figureTables, ratioTables, targetTable } from "./draw/tables.mjs";
import { figure } from "./print.mjs";
import { newestResults } from "./results.mjs";

const drawn = {
  "64-in-flight": "worker thread: 64 in flight",
  "1-in-flight": "worker thread: 1 in flight",
  stream: "worker thread: stream of small items",
  callbacks: "worker thread: callbacks, 64 at once",
  "websocket-64-in-flight": "WebSocket: 64 in flight",
  chain: "chain of five, 10 ms each way",
  stalled: "stalled consumer of 1M x 1 KB",
  bundle: "bundle of client and server, min+gzip",
};

const page = new URL("../docs/performance.md", import.meta.url);
const folder = new URL("../docs/performance/", import.meta.url);
const results = newestResults();
const rows = new Map(results.rows.map((row) => [row.name, row]));

mkdirSync(folder, { recursive: true });
for (const [file, name] of Object.entries(drawn)) {
  if (rows.has(name)) writeFileSync(new URL(`${file}.svg`, folder), chart(rows.get(name)));
}
let text = readFileSync(page, "utf8");
text = fill(text, "machine", conditions(results));
text = fill(text, "targets", targetTable(rows));
text = fill(text, "ratios", ratioTables(rows));
text = fill(text, "figures", figureTables(rows));
writeFileSync(page, text);

function fill(whole, part, filling) {
  const [begin, end] = [`<!-- ${part} -->`, `<!-- /${part} -->`];
  const from = whole.indexOf(begin);
  const to = whole.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for ${part}`);
  return `${whole.slice(0, from + begin.length)}\n${filling}\n${whole.slice(to)}`;
}

function conditions({ date, machine, rounds, load }) {
  const busy = load > 1.5 ? " **The machine was busy with other work: repeat this before you rely on it.**" : "";
  return `${date}, ${machine}, ${rounds} rounds; load average before the run ${figure(load)}.${busy}`;
}
