/**
 * Who may import whom: `node scripts/check-floors.mjs [folder of a repository]`.
 *
 *   floor 3   apps, tests, bench, docs     may import every package
 *   floor 2   adapters                     know a platform, import neither server nor client
 *   floor 1   server, client, codecs …     never one another
 *   floor 0   protocol                     no dependency
 *
 * A package's `src` imports packages from floors below, by their doors, and its own files, never its own index.ts.
 * Its `test` may also import what floors below offer; adapters' tests the conformance suite too. Type imports count.
 * Also refused: circles between files, circles between manifests (dev dependencies too), `any` in packages' `src`, `@ts-ignore`.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { circles } from "./circles.mjs";
import { readSource } from "./source-file.mjs";

const floors = new Map([
  ["protocol", 0],
  ...[
    "server",
    "client",
    "pool",
    "msgpack",
    "json-rpc",
    "conformance",
    "opentelemetry",
    "tanstack-query",
    "inspector",
  ].map((name) => [name, 1]),
  ...["worker-threads", "electron", "browser-extension", "browser", "websocket", "node", "http"].map((name) => [
    name,
    2,
  ]),
]);
const scope = "@portolan/";

const root = resolve(process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url)));
const complaints = [];
const manifests = new Map(workspaceFolders().map((folder) => [folder, readManifest(folder)]));
const fileGraph = new Map();

for (const [folder, manifest] of manifests) {
  if (folder.startsWith("packages/")) checkManifest(folder, manifest);
  for (const file of sourceFiles(folder)) checkFile(folder, manifest, file);
}
for (const way of circles(fileGraph)) complain(way[0], `is in a circle: ${way.join(" → ")}.`);
for (const way of circles(manifestGraph()))
  complain(`${folderOf(way[0])}/package.json`, `is in a circle: ${way.join(" → ")}.`);

for (const complaint of complaints.sort()) console.error(complaint);
console.log(`floors: ${manifests.size} packages, ${fileGraph.size} files, ${complaints.length} complaints`);
process.exitCode = complaints.length === 0 ? 0 : 1;

function checkManifest(folder, manifest) {
  const name = folder.slice("packages/".length);
  const where = `${folder}/package.json`;
  if (!floors.has(name))
    return complain(
      where,
      "has no floor yet: give it one in scripts/check-floors.mjs and in the drawing of CONTRIBUTING.md.",
    );
  if (manifest.name !== scope + name) complain(where, `must be named ${scope}${name}, is ${manifest.name}.`);
  for (const [kind, part] of [
    ["dependencies", "src"],
    ["peerDependencies", "src"],
    ["optionalDependencies", "src"],
    ["devDependencies", "test"],
  ]) {
    for (const dependency of Object.keys(manifest[kind] ?? {})) {
      if (name === "protocol" && part === "src")
        complain(where, `has ${dependency} in ${kind}: protocol depends on nothing.`);
      if (dependency.startsWith(scope)) {
        const refusal = floorRefusal(name, dependency.slice(scope.length), part);
        if (refusal) complain(where, `has ${dependency} in ${kind}: ${refusal}`);
      }
    }
  }
}

function checkFile(folder, manifest, file) {
  const path = join(root, file);
  const { imports, anys, silencers } = readable(file, path);
  const published = file.startsWith("packages/") && file.startsWith(`${folder}/src/`);
  const edges = new Set();
  for (const { what, line } of imports) {
    const target = what.startsWith(".") ? fileBehind(resolve(dirname(path), what)) : undefined;
    if (target !== undefined) edges.add(target);
    const refusal = what.startsWith(".")
      ? pathRefusal(folder, published, target)
      : packageRefusal(folder, manifest, published, what);
    if (refusal) complain(`${file}:${line}`, `imports ${what}: ${refusal}`);
  }
  fileGraph.set(file, edges);
  if (published) for (const { line } of anys) complain(`${file}:${line}`, "says any: say unknown and narrow it.");
  for (const { what, line } of silencers)
    complain(`${file}:${line}`, `says ${what}: use @ts-expect-error, which notices when it is no longer needed.`);
}

// A file that does not parse is one complaint, and the rest is still checked.
function readable(file, path) {
  try {
    return readSource(path);
  } catch (error) {
    complain(file, `does not parse: ${error.message}`);
    return { imports: [], anys: [], silencers: [] };
  }
}

function pathRefusal(folder, published, target) {
  if (target === undefined) return undefined; // tsc says so better
  if (!target.startsWith(`${folder}/`)) return "another package is imported by its name, through a door.";
  if (!published) return undefined;
  if (!target.startsWith(`${folder}/src/`)) return "src imports only from src.";
  if (/(^|\/)index\.ts$/.test(target)) return "files import files, never their own index.ts.";
  return undefined;
}

function packageRefusal(folder, manifest, published, specifier) {
  if (!specifier.startsWith(scope)) return undefined;
  const [, dependency = "", ...door] = specifier.split("/");
  const target = manifests.get(`packages/${dependency}`);
  if (target === undefined) return `there is no packages/${dependency}.`;
  if (!Object.hasOwn(target.exports ?? {}, [".", ...door].join("/"))) return `${scope}${dependency} has no such door.`;
  if (!folder.startsWith("packages/")) return undefined;
  const refusal = floorRefusal(folder.slice("packages/".length), dependency, published ? "src" : "test");
  if (refusal) return refusal;
  const declared = {
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...(published ? {} : manifest.devDependencies),
  };
  return Object.hasOwn(declared, scope + dependency) ? undefined : `it is not in ${folder}/package.json.`;
}

// Why `from` may not know `to`, or nothing when it may.
function floorRefusal(from, to, part) {
  const [here, there] = [floors.get(from), floors.get(to)];
  if (here === undefined || there === undefined) return undefined; // said of the manifest already
  if (from === to) return "a package imports its own files by path.";
  if (from === "conformance" && ["protocol", "server", "client"].includes(to)) return undefined;
  if (there > here) return `floor ${there} is above floor ${here}.`;
  if (there === here) return `floor ${here} is its own floor: neighbours never meet.`;
  const userSide = ["server", "client", "conformance"].includes(to);
  if (here === 2 && userSide && part === "src") return "adapters know no procedures and no calls, only protocol.";
  return undefined;
}

function manifestGraph() {
  return new Map(
    [...manifests.values()].map((manifest) => [
      manifest.name,
      Object.keys({
        ...manifest.dependencies,
        ...manifest.peerDependencies,
        ...manifest.optionalDependencies,
        ...manifest.devDependencies,
      }),
    ]),
  );
}

function folderOf(name) {
  return [...manifests].find(([, manifest]) => manifest.name === name)?.[0] ?? name;
}

function workspaceFolders() {
  const inside = ["packages", "apps"].flatMap((parent) =>
    existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => `${parent}/${name}`) : [],
  );
  return [...inside, "tests", "bench", "docs"].filter((folder) => existsSync(join(root, folder, "package.json")));
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

function sourceFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${name}`.split(sep).join("/"))
    .filter((name) => /\.[cm]?tsx?$/.test(name) && !/\/(node_modules|dist|fixtures)\//.test(name));
}

// The file an import means, as a path from the root; it may be written with .js, .ts or nothing.
function fileBehind(path) {
  const candidates = [path, path.replace(/\.([cm]?)js$/, ".$1ts"), `${path}.ts`, join(path, "index.ts")];
  const found = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  return found === undefined ? undefined : relative(root, found).split(sep).join("/");
}

function complain(where, sentence) {
  complaints.push(`${where} ${sentence}`);
}
