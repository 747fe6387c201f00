// Calls, texts of 1 MB and streams between a page and main in a real Electron, against ipcRenderer.invoke and send by
// hand, and trpc-electron. Needs ELECTRON_OVERRIDE_DIST_PATH, or fetches an Electron with scripts/fetch-electron.mjs.
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median, summary } from "../figures.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = here("dist");
const prefix = "Electron page to main: ";

/** The rows that this can make, by name. */
export const electronRows = ["1 in flight", "64 in flight", "1 MB texts", "1 MB bytes", "10 000 items"].map((work) => ({
  name: `${prefix}${work}`,
}));

/** Measures rows in Electron; which peers are there is fixed. Where it does not start, it says why. */
export async function measureElectron(chosen, _contenders, { rounds }, tell) {
  let figures;
  try {
    await bundleAll();
    figures = await runElectron(rounds);
  } catch (error) {
    return console.log(`\nElectron does not run here: ${String(error.message).split("\n", 1)[0]}`);
  }
  for (const { name } of chosen)
    tell({ name, kind: "ratio", unit: "µs", ...compared(figures[name.slice(prefix.length)]) });
}

async function bundleAll() {
  const { build } = await import("vite");
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
  const page = '<!doctype html><meta charset="utf-8"><title>bench</title><script src="page.js"></script>';
  writeFileSync(join(dist, "index.html"), page);
}

async function runElectron(rounds) {
  const fetchElectron = () =>
    execFileSync(process.execPath, [here("../../scripts/fetch-electron.mjs")], { encoding: "utf8" }).trim();
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? fetchElectron();
  const command = [join(folder, "electron"), "--no-sandbox", "--disable-gpu", join(dist, "main.mjs")];
  const [program, ...args] = process.env.DISPLAY ? command : ["xvfb-run", "-a", ...command];
  const env = { ...process.env, BENCH_ROUNDS: String(rounds) };
  const { stdout } = await promisify(execFile)(program, args, { env, timeout: 300_000 });
  return JSON.parse(/^@figures (.*)$/m.exec(stdout)[1]);
}

function compared(ways) {
  const control = ways["by hand"];
  const contenders = {};
  for (const [way, times] of Object.entries(ways)) {
    if (way === "by hand") continue;
    contenders[way] =
      typeof times === "string" ? { cannot: times } : summary(times.map((time, round) => control[round] / time));
  }
  return { control: { time: median(control) }, contenders };
}
