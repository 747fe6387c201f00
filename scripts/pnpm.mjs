/**
 * The pinned pnpm, wherever it comes from: the one on PATH when it is the right one, else `npx`. Needs only Node and npm.
 * For programs that are no module of ours: `node scripts/pnpm.mjs <args>`, in whatever folder.
 */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The folder of the repository, without a trailing separator. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

const onWindows = process.platform === "win32";
let launcher;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await pnpm(process.argv.slice(2), { cwd: process.cwd(), show: true }).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}

/**
 * Runs pnpm and keeps its output back: only a failure shows it.
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options] `show`: let the output through as it comes.
 * @returns {Promise<string>} what it wrote to stdout (empty with `show`); rejects with everything it wrote when it ends badly
 */
export function pnpm(args, options = {}) {
  launcher ??= findLauncher();
  return run([...launcher, ...args], options);
}

/**
 * Runs any program found on PATH, as `pnpm` does. The first word is the program.
 * @param {string[]} words
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options]
 * @returns {Promise<string>}
 */
export function run(words, { cwd = root, env = process.env, show = false } = {}) {
  const [program, ...args] = onWindows ? words.map(quoted) : words;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env,
      shell: onWindows,
      stdio: ["ignore", ...(show ? ["inherit", "inherit"] : ["pipe", "pipe"])],
    });
    let output = "";
    let everything = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
      everything += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      everything += chunk;
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${everything}\n${words.join(" ")} ended with ${signal ?? `code ${code}`}`.trimStart()));
    });
  });
}

function findLauncher() {
  const { packageManager } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const pin = packageManager.slice("pnpm@".length);
  const found = spawnSync("pnpm", ["--version"], {
    cwd: root,
    encoding: "utf8",
    shell: onWindows,
    env: { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: "0" },
  });
  return found.status === 0 && found.stdout.trim() === pin ? ["pnpm"] : ["npx", "-y", `pnpm@${pin}`];
}

// npm and pnpm are .cmd files on Windows, which only a shell starts; a shell needs words with spaces in quotes.
function quoted(word) {
  return /[\s"&|<>^]/.test(word) ? `"${word.replaceAll('"', '\\"')}"` : word;
}
