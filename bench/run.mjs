#!/usr/bin/env node
// Compares Portolan with what people write by hand and with other libraries at the same work, in one run. Prints ratios
// to the control: above 1 is faster than by hand.
//
//   pnpm bench                             everything, eight rounds: about twenty minutes
//   pnpm bench --quick                     three short rounds: about three minutes
//   pnpm bench --only "64 in"              rows whose names contain this; several are divided by commas
//   pnpm bench --against comlink,birpc     these libraries only; "" for none
//   pnpm bench --list                      the names of all rows
//   pnpm bench --save                      keeps the figures in bench/results
//   pnpm bench --gate                      the rows of gates.mjs only, as tests: passed, failed, skipped
import { parseArgs } from "node:util";
import { browserRows, measureBrowser } from "./browser/run.mjs";
import { comparedRows, measureCompared } from "./compared.mjs";
import { electronRows, measureElectron } from "./electron/run.mjs";
import { runGates } from "./gate.mjs";
import { print } from "./print.mjs";
import { machine, saveRows } from "./results.mjs";
import { measureSingle, singleRows } from "./single.mjs";

const peers = [
  ...["comlink", "birpc", "capnweb", "comctx", "kkrpc", "orpc", "effect", "trpc", "vscode-jsonrpc", "socket.io"],
  ...["piscina", "tinypool", "workerpool"],
];

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    gate: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    against: { type: "string", default: peers.join(",") },
    rounds: { type: "string" },
  },
});

if (options.gate) process.exitCode = await runGates();
else await main();
// Pools and sockets of libraries that do not end by themselves.
process.exit();

async function main() {
  const groups = [
    [comparedRows, measureCompared],
    [singleRows, measureSingle],
    [browserRows, measureBrowser],
    [electronRows, measureElectron],
  ];
  if (options.list) return console.log(groups.flatMap(([rows]) => rows.map(({ name }) => name)).join("\n"));
  const rounds = Number(options.rounds ?? (options.quick ? 3 : 8));
  const contenders = ["portolan", "portolan-low-latency", ...options.against.split(",").filter(Boolean)];
  const rows = [];
  const tell = (row) => {
    rows.push(row);
    print(row);
  };
  console.log(`${machine()}; ${rounds} rounds`);
  for (const [all, measure] of groups) {
    const chosen = all.filter(({ name }) => isChosen(name));
    if (chosen.length > 0) await measure(chosen, contenders, { rounds, pace: options.quick ? 0.3 : 1 }, tell);
  }
  if (options.save) saveRows(rows, { rounds, complete: options.only === "" && !options.quick });
}

function isChosen(name) {
  return options.only.split(",").some((part) => name.toLowerCase().includes(part.trim().toLowerCase()));
}
