#!/usr/bin/env node
// Compares Portolan with a hand-written control and with peers, in one run, rounds interleaved (A B C A B C).
// Prints ratios to the control: above 1 is faster than by hand. The control is measured twice in each round;
// the second is the noise row.
//
//   pnpm bench                     everything, eight rounds
//   pnpm bench --quick             few rounds of short workloads
//   pnpm bench --only "64 in"      workloads whose names contain this
//   pnpm bench --gate              exits with 1 when a ratio is under its gate (wide, for noisy machines)
//   pnpm bench --save              keeps the figures in bench/results
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { gates } from "./gates.mjs";
import { openChannel, openThread } from "./sides.mjs";
import { workloads } from "./workloads.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    gate: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    rounds: { type: "string" },
  },
});

const contenders = ["portolan", "comlink", "birpc"];
const rounds = Number(options.rounds ?? (options.quick ? 5 : 8));
const scale = options.quick ? 0.25 : 1;
const carriers = { "worker thread": openThread, "same thread": openChannel };
const rows = [];

for (const [carrier, open] of Object.entries(carriers)) {
  for (const workload of workloads) {
    const name = `${carrier}: ${workload.name}`;
    if (carrier === "same thread" && workload.name !== "1 in flight") continue;
    if (name.includes(options.only)) rows.push({ name, ...(await compare(workload, open)) });
    if (rows.at(-1)?.name === name) print(rows.at(-1));
  }
}
if (options.save) save();
process.exitCode = options.gate && rows.some((row) => !passes(row)) ? 1 : 0;

async function compare(workload, open) {
  const sides = new Map();
  for (const contender of [workload.control, ...contenders]) {
    const side = await open(contender);
    if (side[workload.needs]) sides.set(contender, side);
    else await side.end();
  }
  const measured = await runRounds(workload, sides);
  for (const side of sides.values()) {
    await side.close?.();
    await side.end();
  }
  return {
    control: median(measured.get(workload.control).map(({ time }) => time)),
    ratios: ratiosOf(workload, measured),
  };
}

async function runRounds(workload, sides) {
  const order = [...sides.keys(), "noise"];
  const measured = new Map(order.map((contender) => [contender, []]));
  // The first round warms up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const contender of order) {
      const figures = await workload.run(sides.get(contender === "noise" ? workload.control : contender), scale);
      if (round > 0) measured.get(contender).push(figures);
    }
  }
  return measured;
}

function ratiosOf(workload, measured) {
  const control = measured.get(workload.control);
  const ratios = {};
  for (const [contender, figures] of measured) {
    if (contender === workload.control) continue;
    const speed = figures.map(({ time }, round) => control[round].time / time);
    const cpu = figures.map((figure, round) => figure.cpu / control[round].cpu);
    ratios[contender] = { speed: median(speed), low: Math.min(...speed), high: Math.max(...speed), cpu: median(cpu) };
  }
  return ratios;
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function print({ name, control, ratios }) {
  console.log(`${name}  (control ${control.toFixed(2)} µs)`);
  for (const [contender, { speed, low, high, cpu }] of Object.entries(ratios)) {
    const spread = `${low.toFixed(2)}–${high.toFixed(2)}`;
    console.log(`  ${contender.padEnd(10)} ${speed.toFixed(2)}x  (${spread})  cpu ${cpu.toFixed(2)}x`);
  }
}

function passes({ name, ratios }) {
  const gate = gates[name];
  const ratio = ratios.portolan?.speed;
  if (gate === undefined || ratio === undefined || ratio >= gate) return true;
  console.error(`${name}: ${ratio.toFixed(2)}x is under the gate of ${gate}x`);
  return false;
}

function save() {
  const folder = new URL("./results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model.trim() ?? "unknown"}, Node ${process.versions.node}`;
  writeFileSync(new URL(`${date}.json`, folder), `${JSON.stringify({ date, machine, rounds, rows }, null, 2)}\n`);
}
