#!/usr/bin/env node
// Calls, texts of 1 MB and streams between a page and main in a real Electron, against ipcRenderer.invoke and send by
// hand, and trpc-electron: ratios to the control, above 1 is faster.
//
//   node bench/electron/run.mjs [--save]    needs ELECTRON_OVERRIDE_DIST_PATH or scripts/fetch-electron.mjs
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = here("dist");

for (const [entry, file, format, ssr] of [
  ["main.mjs", "main.mjs", "es", true],
  ["preload.mjs", "preload.cjs", "cjs", false],
  ["page.mjs", "page.js", "iife", false],
]) {
  await build({
    configFile: false,
    logLevel: "error",
    root: here("."),
    ssr: { noExternal: true },
    build: {
      outDir: dist,
      emptyOutDir: false,
      minify: false,
      target: "chrome140",
      ssr: ssr ? here(entry) : false,
      rolldownOptions: {
        input: here(entry),
        external: ["electron", /^node:/],
        output: { format, entryFileNames: file, codeSplitting: false },
      },
    },
  });
}
mkdirSync(dist, { recursive: true });
writeFileSync(
  join(dist, "index.html"),
  '<!doctype html><meta charset="utf-8"><title>bench</title><script src="page.js"></script>',
);

const folder =
  process.env.ELECTRON_OVERRIDE_DIST_PATH ??
  execFileSync(process.execPath, [here("../../scripts/fetch-electron.mjs")], { encoding: "utf8" }).trim();
const command = [join(folder, "electron"), "--no-sandbox", "--disable-gpu", join(dist, "main.mjs")];
const [program, ...args] = process.env.DISPLAY ? command : ["xvfb-run", "-a", ...command];
const output = execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 300_000 });
const figures = JSON.parse(/^@figures (.*)$/m.exec(output)[1]);

const rows = {};
for (const [name, ways] of Object.entries(figures)) {
  const control = ways["by hand"];
  console.log(`${name}  (by hand ${median(control).toFixed(1)} µs)`);
  rows[name] = {};
  for (const [way, times] of Object.entries(ways)) {
    if (way === "by hand") continue;
    if (typeof times === "string") {
      console.log(`  ${way.padEnd(14)} ${times}`);
      continue;
    }
    const ratios = times.map((time, round) => control[round] / time);
    rows[name][way] = Number(median(ratios).toFixed(2));
    const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
    console.log(`  ${way.padEnd(14)} ${median(ratios).toFixed(2)}x  (${spread})`);
  }
}
if (process.argv.includes("--save")) {
  mkdirSync(here("../results"), { recursive: true });
  writeFileSync(here("../results/electron.json"), `${JSON.stringify(rows, undefined, 2)}\n`);
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
