/**
 * What a fresh clone needs, with only Node and npm there: installs, builds, runs.
 *
 *   node scripts/run.mjs demo [args]        apps/worker-files       also demo:electron, demo:web, demo:extension
 *   node scripts/run.mjs test [args]        every quick test        args go to vitest: a path, -t "title"
 *   node scripts/run.mjs test:real [args]   processes, Electron and browsers
 *   node scripts/run.mjs soak | bench       the long figures
 *
 * PORTOLAN_FORBID_SKIPS=1 makes `test` run the real runtimes too, and fail on any skipped test.
 * A test run ends with the line `N passed, N failed, N skipped`; the exit code follows it. The lines before it name what was
 * slow and what failed, and are also appended to the file PORTOLAN_CLOSING_NOTES, for who runs several of these.
 */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { closingNotes } from "./closing-notes.mjs";
import { pnpm, root } from "./pnpm.mjs";

const commands = {
  demo: (args) => demo("worker-files", args),
  "demo:electron": (args) => demo("electron-workbench", args),
  "demo:web": (args) => demo("websocket-board", args),
  "demo:extension": (args) => demo("extension-tab-notes", args),
  test: (args) => test(forbidsSkips() ? ["quick", "real*"] : ["quick"], args),
  "test:real": (args) => test(["real*"], args),
  soak: (args) => test(["soak"], args),
  bench: (args) => program("bench", args),
};

const [name = "", ...args] = process.argv.slice(2);
process.exitCode = await main();

async function main() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    return refuse(`Portolan needs Node 20.19 or newer; this is ${process.version}.`);
  if (!Object.hasOwn(commands, name))
    return refuse(`usage: node scripts/run.mjs <${Object.keys(commands).join("|")}>, got "${name}".`);
  try {
    return await commands[name](args);
  } catch (error) {
    return refuse(error.message);
  }
}

function demo(app, args) {
  return program(`apps/${app}`, args);
}

// Runs the `bin` of a private package.
async function program(folder, args) {
  const manifest = join(root, folder, "package.json");
  if (!existsSync(manifest)) return refuse(`${folder} is not in this repository yet.`);
  const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
  if (typeof bin !== "string") return refuse(`${folder}/package.json has no "bin" that says which file to run.`);
  await install(folder);
  await build(["build"], [`--filter=./${folder}...`]);
  return node([join(root, folder, bin), ...args]);
}

async function test(projects, args) {
  await install();
  await build(
    ["build", "types"],
    onDemand("").map((folder) => `--filter=!./${folder}`),
  );
  const scratch = mkdtempSync(join(tmpdir(), "portolan-test-"));
  try {
    const tallyFile = join(scratch, "tally.json");
    const status = await node(
      [
        join(root, "node_modules/vitest/vitest.mjs"),
        "run",
        ...projects.map((project) => `--project=${project}`),
        "--reporter=default",
        `--reporter=${resolve(root, "scripts/tally-reporter.mjs")}`,
        ...args,
      ],
      { PORTOLAN_TALLY: tallyFile },
    );
    return close(status, existsSync(tallyFile) ? JSON.parse(readFileSync(tallyFile, "utf8")) : undefined, args);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

// The last words of a test run. A skip that is not allowed, and whatever else makes the run fail, counts as failed:
// line and exit code agree, and each test is counted once.
function close(status, tally, args) {
  if (tally === undefined) return refuse(`vitest ended with code ${status} before it could count.`);
  const chosenByTitle = args.some((arg) => arg === "-t" || arg.startsWith("--testNamePattern"));
  const skips = chosenByTitle ? [] : tally.skipped;
  for (const { title, reason } of skips) console.log(`skipped: ${title}: ${reason || "no reason given"}`);
  const refused = forbidsSkips() ? skips : skips.filter(saysNothing);
  if (refused.length > 0) {
    console.log(
      forbidsSkips()
        ? "PORTOLAN_FORBID_SKIPS is set: a skipped test counts as failed."
        : 'A test that skips says why in a sentence, context.skip("Chromium is not installed."), or counts as failed.',
    );
  }
  const counted = tally.failed + refused.length;
  note(closingNotes(tally, refused));
  if (status !== 0 && counted === 0) note([`failed: vitest ended with code ${status}, but no test failed`]);
  const failed = status !== 0 && counted === 0 ? 1 : counted;
  console.log(`\n${tally.passed} passed, ${failed} failed, ${tally.skipped.length - refused.length} skipped`);
  return failed === 0 ? 0 : 1;
}

function note(lines) {
  if (lines.length === 0) return;
  console.log(`\n${lines.join("\n")}`);
  const { PORTOLAN_CLOSING_NOTES: notes } = process.env;
  if (notes) appendFileSync(notes, `${lines.join("\n")}\n`);
}

function saysNothing({ reason }) {
  return reason.trim().split(/\s+/).length < 3;
}

function install(folder = "") {
  const left = onDemand(folder).map((other) => `--filter=!./${other}`);
  return step("installing", () => pnpm(["install", "--frozen-lockfile", ...left]));
}

// bench/ and docs/ carry dependencies that nobody else needs: they are installed when they are run.
function onDemand(wanted) {
  return ["bench", "docs"].filter((folder) => folder !== wanted && existsSync(join(root, folder, "package.json")));
}

function build(tasks, filters) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
  return step("building", () =>
    pnpm(["exec", "turbo", "run", ...tasks, ...filters, "--output-logs=errors-only"], { env }),
  );
}

async function step(doing, action) {
  const began = performance.now();
  await action();
  console.error(`${doing}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

// Runs this same Node with our terminal. Ctrl-C reaches the child by itself: we wait for what it makes of it.
function node(args, env = {}) {
  const child = spawn(process.execPath, args, {
    cwd: process.cwd(),
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  const forward = (signal) => child.kill(signal);
  process.on("SIGINT", ignore);
  process.once("SIGTERM", forward);
  return new Promise((done, reject) => {
    child.once("error", reject);
    child.once("close", (code) => done(code ?? 1));
  }).finally(() => {
    process.off("SIGINT", ignore);
    process.off("SIGTERM", forward);
  });
}

function ignore() {}

function forbidsSkips() {
  return process.env.PORTOLAN_FORBID_SKIPS === "1";
}

function refuse(sentence) {
  console.error(sentence);
  return 1;
}
