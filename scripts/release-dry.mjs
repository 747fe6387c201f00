/**
 * A release that nobody sees: `node scripts/release-dry.mjs`. Copies the repository as git would, lets changesets number the
 * packages there, builds, packs, and installs the tarballs one after another, in dependency order, in an empty folder. Each must
 * arrive with the version just given and find its neighbours there.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pack, publicPackages } from "./packages.mjs";
import { pnpm, root, run } from "./pnpm.mjs";

const scratch = mkdtempSync(join(tmpdir(), "portolan-release-"));
try {
  const copy = join(scratch, "repository");
  await copyRepository(copy);
  await pnpm(["install", "--frozen-lockfile", "--prefer-offline"], { cwd: copy });
  await pnpm(["exec", "changeset", "version"], { cwd: copy });
  await pnpm(["exec", "turbo", "run", "build", "--filter=./packages/*", "--output-logs=errors-only"], { cwd: copy });
  const versions = await installInOrder(publicPackages(copy), join(scratch, "someone"));
  const unnumbered = versions.filter(([, version]) => version === "0.0.0").map(([name]) => name);
  for (const [name, version] of versions) console.log(`${version.padEnd(10)} ${name}`);
  if (unnumbered.length > 0) throw new Error(`no changeset gives a first version to ${unnumbered.join(", ")}.`);
  console.log(`release: ${versions.length} packages would be published in this order`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

// What is tracked or would be; changesets reads history, so the copy gets one commit.
async function copyRepository(copy) {
  const listed = await run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]);
  for (const file of listed.split("\0").filter((name) => name !== "" && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { force: true });
  }
  const git = (...args) =>
    run(["git", "-c", "user.name=dry", "-c", "user.email=dry@example.invalid", ...args], { cwd: copy });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--no-verify", "--message=dry");
}

async function installInOrder(packages, folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "someone", private: true, type: "module" }));
  const versions = [];
  for (const each of packages) {
    const tarball = await pack(each, folder);
    await run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", tarball], {
      cwd: folder,
    });
    versions.push([each.name, installedVersion(folder, each)]);
  }
  await run(["npm", "ls", "--all"], { cwd: folder });
  return versions;
}

function installedVersion(folder, { name, manifest }) {
  const installed = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"));
  if (installed.version !== manifest.version)
    throw new Error(`${name}: packed ${manifest.version}, installed ${installed.version}.`);
  const left = Object.entries(installed.dependencies ?? {}).filter(([, range]) => /^(workspace|catalog):/.test(range));
  if (left.length > 0)
    throw new Error(`${name}: its tarball still says ${left.map((pair) => pair.join("@")).join(", ")}.`);
  return installed.version;
}
