/** Starts the workbench: `npm run demo:electron`. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const display = process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
// What is fetched is large, and of no use without a display.
const program = display && electron();
if (!display) {
  console.log("The workbench is built. There is no display here to open it on (DISPLAY is not set).");
} else if (!program) {
  const named = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const why = named ? `is ${named}, where none is` : "names the folder of one";
  console.log(`The workbench is built, but no Electron is found: ELECTRON_OVERRIDE_DIST_PATH ${why}.`);
} else {
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  spawn(program, [...root, here("."), ...process.argv.slice(2)], { stdio: "inherit" }).once("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}

/** The folder that the variable names, else what the fetching script finds or fetches. */
function electron() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? fetched();
  const names = ["electron", "electron.exe", "Electron.app/Contents/MacOS/Electron"];
  return names.map((name) => join(folder ?? "", name)).find((path) => folder && existsSync(path));
}

function fetched() {
  try {
    return execFileSync(process.execPath, [here("../../scripts/fetch-electron.mjs")], { encoding: "utf8" }).trim();
  } catch {
    // It has said why; what to do is said above.
    return undefined;
  }
}
