/**
 * One file for each door: `node ../../scripts/build-doors.mjs` in the folder of a package, after `tsc -b`, which checks the same
 * sources and writes their declarations. Node finds and links modules one by one, so that importing a hundred small files costs
 * more than compiling all that they say.
 *
 * What the manifest exports as dist/a/b.js is bundled from src/a/b.ts; what two doors share is a file in dist/shared, loaded
 * once. What `require` alone is given, as dist/a.cjs, is the same code in CommonJS, without files beside it: a sandboxed preload
 * of Electron loads nothing else. Other packages stay outside. The text stays readable, without comments: source maps lead to src.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const outside = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
const doors = Object.values(manifest.exports).filter((door) => typeof door !== "string");

const made = await bundle(Object.fromEntries(doors.map((door) => entry(door.default.default ?? door.default))), "es");
for (const { require: alone, default: door } of doors) {
  if (alone) made.push(...(await bundle({ [entry(alone.default)[0]]: entry(door.default)[1] }, "cjs")));
}
for (const { fileName, code, source } of made) write(join("dist", fileName), code === undefined ? source : ascii(code));
removeStale(new Set(made.map(({ fileName }) => fileName)));

/** `["a/b", "src/a/b.ts"]` of `./dist/a/b.js`. */
function entry(file) {
  const name = file.replace(/^\.\/dist\/(.*)\.c?js$/, "$1");
  return [name, join("src", `${name}.ts`)];
}

async function bundle(input, format) {
  const built = await rolldown({
    input,
    external: [/^node:/, ...outside.map((name) => new RegExp(`^${name}(/|$)`))],
    platform: "neutral",
    tsconfig: false, // it would ask for decorators and JSX; types are only taken away
    transform: { target: "es2022" },
    // A warning is a mistake: of a name that nobody exports, of a package that nobody installs.
    onLog: (level, log) => {
      if (level === "warn") throw new Error(log.message);
    },
  });
  const { output } = await built.generate({
    dir: "dist",
    format,
    entryFileNames: format === "cjs" ? "[name].cjs" : "[name].js",
    chunkFileNames: "shared/[name].js",
    minifyInternalExports: false,
    comments: { annotation: true, jsdoc: false, legal: true },
    sourcemap: true,
    sourcemapExcludeSources: true, // src is published beside dist
  });
  await built.close();
  return output;
}

// An arrow or an ellipsis in one sentence would make the whole text take two bytes a character, in every thread that loads it.
function ascii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

// Whole at once: whoever reads meanwhile has the old file or the new one.
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

// What an earlier build left: scripts that this one did not make, declarations of sources that are gone.
function removeStale(files) {
  for (const file of readdirSync("dist", { recursive: true })) {
    const script = /\.c?js(\.map)?$/.test(file);
    const source = join("src", file.replace(/\.d\.(c?)ts(\.map)?$/, ".$1ts"));
    const stale = script
      ? !files.has(file.replaceAll("\\", "/"))
      : /\.d\.c?ts(\.map)?$/.test(file) && !existsSync(source);
    if (stale) rmSync(join("dist", file));
  }
}
