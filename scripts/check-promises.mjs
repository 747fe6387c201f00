/**
 * Which acceptance ids of docs/promises.md no test title names.
 *
 *   node scripts/check-promises.mjs                               counts and lists, exit code 0
 *   node scripts/check-promises.mjs --strict                      exit code 1 when any id is missing
 *   node scripts/check-promises.mjs --strict --require O-01,O-02  exit code 1 when one of these is missing
 *
 * A title is the string that opens a call, `it("O-12 …")` or `it.each(rows)("O-12 …")`, that opens a row of a table,
 * `["O-12 …", …]`, or that is a `name` or `title`. It names an id letter for letter; "O-12 to O-14" names two.
 * What is skipped or left to do does not count. An id that promises.md does not know is a slip of the pen and fails
 * `--strict` too.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    strict: { type: "boolean", default: false },
    require: { type: "string" },
    in: { type: "string", default: fileURLToPath(new URL("..", import.meta.url)) },
  },
});
const root = options.in;

const promised = promisedIds();
const named = namedIds();
const wanted = options.require?.split(",") ?? promised;
const missing = wanted.filter((id) => !named.has(id));
const unknown = [...new Set([...named.keys(), ...wanted])].filter((id) => !promised.includes(id));

for (const source of new Set(promised.map(sourceOf))) printSource(source);
for (const id of unknown) console.log(`${id} is not in docs/promises.md${named.has(id) ? `: ${named.get(id)}` : ""}`);
if (options.require !== undefined) console.log(`required and missing: ${missing.join(" ") || "none"}`);
console.log(`promises: ${promised.filter((id) => named.has(id)).length} of ${promised.length} are named by a test`);
process.exitCode = options.strict && missing.length + unknown.length > 0 ? 1 : 0;

// The first cell of each row of the tables.
function promisedIds() {
  const page = readFileSync(join(root, "docs/promises.md"), "utf8");
  return [...page.matchAll(/^\| ([A-Z]-\d\d) \|/gm)].map(([, id]) => id);
}

// Each id that a title names, with the first file that does.
function namedIds() {
  const found = new Map();
  for (const file of testFiles()) {
    for (const title of titles(readFileSync(join(root, file), "utf8"))) {
      for (const [id] of title.matchAll(/\b[OMGRF]-\d\d\b/g)) if (!found.has(id)) found.set(id, file);
    }
  }
  return found;
}

// The cases of the conformance kit are tests too: every adapter runs them.
function testFiles() {
  const folders = ["packages", "apps"].flatMap((parent) => list(parent).map((name) => `${parent}/${name}/test`));
  return [...folders, "tests", "packages/conformance/src"]
    .flatMap(filesBelow)
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file));
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "dist") return [];
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function list(folder) {
  return existsSync(join(root, folder)) ? readdirSync(join(root, folder)).sort() : [];
}

// Comments and regular expressions are taken whole, so that quotes inside them open no string.
function titles(text) {
  const pieces =
    /\/\/.*|\/\*[\s\S]*?\*\/|(?<=[(,=:[!&|?{};]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/|(["'])((?:\\.|(?!\1)[^\\\n])*)\1|`((?:\\.|[^`\\])*)`/g;
  return [...text.matchAll(pieces)]
    .filter((piece) => isTitle(text.slice(Math.max(0, piece.index - 100), piece.index)))
    .map((piece) => piece[2] ?? piece[3] ?? "");
}

function isTitle(before) {
  return /(?:[([]|\b(?:name|title):)\s*$/.test(before) && !/\.(?:skip|todo)\s*\(\s*$/.test(before);
}

function printSource(source) {
  const ids = promised.filter((id) => sourceOf(id) === source);
  const absent = ids.filter((id) => !named.has(id));
  const tail = absent.length > 0 ? `, missing: ${absent.join(" ")}` : "";
  console.log(`${source}: ${ids.length - absent.length} of ${ids.length}${tail}`);
}

function sourceOf(id) {
  return id.slice(0, 1);
}
