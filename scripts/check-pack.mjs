/**
 * What users will get: packs every public package, installs the tarballs in an empty folder, and tries every door.
 *
 *   import and require       on this Node, and on the one that NODE_NEWEST names
 *   vite, webpack, esbuild   each door bundled for its platform, and the bundle loaded
 *   publint, attw            with attw's ESM-only profile
 *   declarations             with DOM alone and with @types/node alone, skipLibCheck off, on TypeScript 5.9, 6 and 7
 *
 * `node scripts/check-pack.mjs [--keep]`: `--keep` leaves the folder for a look. The tools are installed on demand into .cache/.
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publicPackages } from "./packages.mjs";
import { doorsOf, installPacked } from "./packed-folder.mjs";
import { pnpm, root, run } from "./pnpm.mjs";

// Doors that need Node; every other door must bundle for a browser.
const nodeDoors = new Set([
  "@portolan/node",
  "@portolan/websocket/server",
  "@portolan/electron/main",
  "@portolan/electron/utility",
]);
// Doors whose declarations speak of Node's own types: whoever uses them has @types/node.
const nodeTypedDoors = new Set(["@portolan/node", "@portolan/websocket/server"]);
// Doors that act when they are loaded, and so are only loaded in their own platform.
const actingDoors = new Set(["@portolan/electron/preload", "@portolan/electron/service-worker-preload"]);

const tools = join(root, ".cache/pack-tools");
const failures = [];
const folder = mkdtempSync(join(tmpdir(), "portolan-pack-"));

await step("build", () =>
  pnpm(["exec", "turbo", "run", "build", "--filter=./packages/*", "--output-logs=errors-only"]),
);
await step("tools", installTools);
const packages = publicPackages();
const tarballs = failures.length === 0 ? await step("pack and install", () => installPacked(packages, folder)) : [];
if (failures.length === 0) await checkEverything();

if (process.argv.includes("--keep")) console.log(`kept: ${folder}`);
else rmSync(folder, { recursive: true, force: true });
for (const failure of failures) console.error(`\n${failure}`);
console.log(`pack: ${packages.length} packages, ${failures.length} failures`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function checkEverything() {
  const doors = packages.flatMap(doorsOf);
  await checkLoading(doors.filter((door) => !actingDoors.has(door)));
  const entries = writeEntries(doors);
  for (const bundler of ["esbuild", "vite", "webpack"]) await step(bundler, () => bundle(bundler, entries));
  await checkManifests();
  await checkDeclarations(doors);
}

async function checkLoading(doors) {
  const importing = doors.map((door) => `await import("${door}");`);
  const requiring = doors.map((door) => `require("${door}");`);
  for (const [title, program] of [
    [`Node ${process.version}`, process.execPath],
    ["NODE_NEWEST", process.env.NODE_NEWEST],
  ]) {
    if (!program) continue;
    await step(`import, ${title}`, () => runText(program, "import.mjs", importing));
    await step(`require, ${title}`, () => runText(program, "require.cjs", requiring));
  }
}

async function checkManifests() {
  const folders = packages.map(({ name }) => join(folder, "node_modules", name));
  await step("publint", () => tool("lint.mjs", folders));
  const attw = "node_modules/@arethetypeswrong/cli/dist/index.js";
  for (const tarball of tarballs) {
    const title = `attw ${tarball.slice(folder.length + 1)}`;
    await step(title, () => tool(attw, [tarball, "--profile", "esm-only", "--no-emoji", "--no-color"]));
  }
}

async function checkDeclarations(doors) {
  writeDeclarationChecks(doors);
  for (const version of [5, 6, 7]) {
    for (const place of ["dom", "node"]) {
      const compile = [`node_modules/typescript-${version}/bin/tsc`, ["-p", join(folder, place), "--pretty", "false"]];
      await step(`TypeScript ${version}, ${place} alone`, () => tool(...compile));
    }
  }
}

// Pinned in scripts/pack-tools/package.json; npm keeps them apart from what contributors install.
async function installTools() {
  const manifest = join(root, "scripts/pack-tools/package.json");
  const stamp = join(tools, "installed.json");
  mkdirSync(tools, { recursive: true });
  for (const file of readdirSync(join(root, "scripts/pack-tools")))
    copyFileSync(join(root, "scripts/pack-tools", file), join(tools, file));
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === readFileSync(manifest, "utf8")) return;
  await run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"], { cwd: tools });
  copyFileSync(manifest, stamp);
}

function runText(program, file, lines) {
  writeFileSync(join(folder, file), lines.join("\n"));
  return run([program, file], { cwd: folder });
}

function writeEntries(doors) {
  return doors.map((door) => {
    const name = door.slice("@portolan/".length).replaceAll("/", "-");
    const file = join(folder, `entry-${name}.js`);
    writeFileSync(file, `import * as door from "${door}";\nexport { door };\n`);
    return { name, file, platform: nodeDoors.has(door) ? "node" : "browser", loads: !actingDoors.has(door) };
  });
}

async function bundle(bundler, entries) {
  const plan = join(folder, `plan-${bundler}.json`);
  writeFileSync(plan, JSON.stringify({ folder, entries }));
  await tool("bundle.mjs", [bundler, plan]);
  const made = entries
    .filter(({ loads }) => loads)
    .map(({ name }) => `await import("./bundled/${bundler}/${name}.mjs");`);
  await runText(process.execPath, `load-${bundler}.mjs`, made);
}

function writeDeclarationChecks(doors) {
  const importsOf = (names) =>
    names
      .map((door, index) => `import type * as door${index} from "${door}";\nexport type { door${index} };`)
      .join("\n");
  for (const place of ["dom", "node"]) {
    const seen = place === "dom" ? doors.filter((door) => !nodeTypedDoors.has(door)) : doors;
    mkdirSync(join(folder, place));
    writeFileSync(join(folder, place, "doors.ts"), importsOf(seen));
    writeFileSync(
      join(folder, place, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          target: "ES2022",
          module: "NodeNext",
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
          skipLibCheck: false,
          lib: [
            "ES2022",
            "ESNext.Disposable",
            ...(place === "dom" ? ["DOM", "DOM.Iterable", "DOM.AsyncIterable"] : []),
          ],
          types: place === "node" ? ["node"] : [],
        },
        files: ["doors.ts"],
      }),
    );
  }
  // Only the `node` folder sees @types/node.
  for (const name of ["@types/node", "undici-types"]) {
    cpSync(join(tools, "node_modules", name), join(folder, "node/node_modules", name), { recursive: true });
  }
}

function tool(file, args) {
  return run([process.execPath, join(tools, file), ...args], { cwd: tools });
}

// One check: its failure is kept, so that a run tells everything that is wrong.
async function step(title, action) {
  const began = performance.now();
  let verdict = "ok";
  try {
    return await action();
  } catch (error) {
    verdict = "FAILED";
    failures.push(`── ${title}\n${error.message}`);
  } finally {
    console.log(`${verdict.padEnd(6)} ${title} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  }
}
