// What a page and a disk pay for a library: its bundle, minified and gzipped, and everything that installing it brings.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { contender } from "../carriers/contender.mjs";

const bench = fileURLToPath(new URL("../", import.meta.url));

/** @returns kilobytes (of 1 000 bytes) of the near side, of both sides, and installed. */
export async function measure(name) {
  const { imports } = await contender(name);
  const page = imports.page ?? imports.near;
  return {
    value: page ? (await bundled(page)) / 1000 : undefined,
    both: page && imports.both ? (await bundled(imports.both)) / 1000 : undefined,
    installed: installed(`${imports.near} ${imports.both ?? ""}`) / 1000,
  };
}

async function bundled(code) {
  const entry = join(bench, "entry.mjs");
  const built = await rolldown({
    input: entry,
    platform: "browser",
    logLevel: "silent",
    external: [/^node:/, "ws"],
    plugins: [
      { name: "entry", resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? code : null) },
    ],
  });
  const { output } = await built.generate({ format: "es", minify: true, codeSplitting: false });
  await built.close();
  return gzipSync(output[0].code, { level: 9 }).length;
}

function installed(code) {
  const seen = new Set();
  for (const [, specifier] of code.matchAll(/from "([^".][^"]*)"/g)) collect(packageOf(specifier), bench, seen);
  let bytes = 0;
  for (const folder of seen) bytes += sizeOf(folder);
  return bytes;
}

function packageOf(specifier) {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

// Node's own way: the nearest node_modules that has it.
function collect(name, from, seen) {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", name);
    if (existsSync(found)) return collectFrom(realpathSync(found), seen);
    if (folder === dirname(folder)) return;
  }
}

function collectFrom(folder, seen) {
  if (seen.has(folder)) return;
  seen.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) collect(name, folder, seen);
}

// A package of this repository is what its `files` publish.
function sizeOf(folder) {
  const { files } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const inStore = folder.includes("node_modules");
  const parts =
    inStore || !files ? [folder] : files.filter((file) => !file.startsWith("!")).map((file) => join(folder, file));
  return parts.reduce((bytes, part) => bytes + treeSize(part), 0);
}

function treeSize(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return path.endsWith(".tsbuildinfo") ? 0 : stats.size;
  return readdirSync(path)
    .filter((entry) => entry !== "node_modules")
    .reduce((bytes, entry) => bytes + treeSize(join(path, entry)), 0);
}
