import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a scenario found out, or how it failed. */
export type Outcome = { readonly value: unknown } | { readonly error: string };

/** One run of the app: what each scenario found out, and what the app printed besides. */
export interface Run {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly output: string;
  readonly code: number | null;
}

/** Electron's majors that the tests drive, newest first. */
export const versions: readonly string[] = ["42.0.0", "38.3.0"];

/** Where that Electron is: as the variable says, or as scripts/fetch-electron.mjs has put it. `undefined`: nowhere. */
export function electronFolder(version: string): string | undefined {
  const named = process.env[version === versions[0] ? "ELECTRON_OVERRIDE_DIST_PATH" : "ELECTRON_OLDEST_DIST_PATH"];
  const fetched = fileURLToPath(new URL(`../../../../.cache/electron/${version}`, import.meta.url));
  return [named, fetched].find((folder) => folder !== undefined && existsSync(join(folder, "electron")));
}

/** Runs the app once and collects what its scenarios print. */
export function runApp(electron: string, app: string, args: readonly string[], timeoutMs = 120_000): Promise<Run> {
  const command = [
    join(electron, "electron"),
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    app,
    ...args,
  ];
  const [program, ...rest] = process.env["DISPLAY"] ? command : ["xvfb-run", "-a", ...command];
  const child = spawn(program as string, rest, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  // The whole group: xvfb-run, its display and Electron with its children.
  const timer = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), timeoutMs);
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code) => {
      clearTimeout(timer);
      done({ outcomes: outcomesIn(output), output, code });
    });
  });
}

const mark = "@scenario ";

function outcomesIn(output: string): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const line of output.split("\n")) {
    if (!line.startsWith(mark)) continue;
    const { name, ...outcome } = JSON.parse(line.slice(mark.length)) as { name: string } & Outcome;
    outcomes.set(name, outcome);
  }
  return outcomes;
}
