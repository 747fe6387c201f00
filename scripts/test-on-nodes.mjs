/**
 * The quick tests of some packages on other Nodes, one Node after another:
 *
 *   node scripts/test-on-nodes.mjs 22 24 26 -- protocol worker-threads
 *
 * Each Node comes from fetch-node.mjs and goes first in PATH, so whatever a test starts runs on it too. Each run ends
 * with its own closing line; the exit code says whether all of them passed.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const [majors, packages] = sortArguments(process.argv.slice(2));
const failed = majors.filter((major) => !testsPassOn(major));
if (failed.length > 0) {
  console.error(`failed on Node ${failed.join(", ")}`);
  process.exitCode = 1;
}

/** @param {string[]} words @returns {[majors: string[], packages: string[]]} */
function sortArguments(words) {
  const dashes = words.indexOf("--");
  const packages = words.slice(dashes + 1);
  const unknown = packages.filter((name) => !existsSync(path(`packages/${name}`)));
  if (dashes < 1 || packages.length === 0 || unknown.length > 0) {
    console.error(`usage: node scripts/test-on-nodes.mjs <major…> -- <package…>, got "${words.join(" ")}".`);
    process.exit(1);
  }
  return [words.slice(0, dashes), packages];
}

/** @param {string} major */
function testsPassOn(major) {
  const folder = folderOfNode(major);
  if (folder === undefined) return false;
  console.log(`\nNode ${major}`);
  const tests = packages.map((name) => `packages/${name}/test/`);
  const run = spawnSync(`${folder}/node`, [path("scripts/run.mjs"), "test", ...tests], {
    cwd: path("."),
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return run.status === 0;
}

/** The reason of a failure is already on stderr. @param {string} major */
function folderOfNode(major) {
  const fetched = spawnSync(process.execPath, [path("scripts/fetch-node.mjs"), major], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return fetched.status === 0 ? fetched.stdout.trim() : undefined;
}

/** @param {string} name relative to the repository */
function path(name) {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
