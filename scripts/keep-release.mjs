/**
 * Keeps a release for the tests: `node scripts/keep-release.mjs`, on the commit that was just released. Builds and packs the
 * packages that carry calls, and puts the tarballs in the place of the last ones in tests/fixtures/previous-release. From then on
 * tests/releases.test.ts holds every change to it: clients and servers of both releases must pass the same suite together.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pack, publicPackages } from "./packages.mjs";
import { pnpm, root } from "./pnpm.mjs";

const kept = ["protocol", "server", "client", "websocket", "worker-threads"].map((name) => `@portolan/${name}`);
/** They stay in the repository's history for ever. */
const mostBytes = 600 * 1024;

const folder = join(root, "tests/fixtures/previous-release");
await pnpm(["exec", "turbo", "run", "build", ...kept.map((name) => `--filter=${name}`), "--output-logs=errors-only"]);
mkdirSync(folder, { recursive: true });
for (const old of tarballs()) rmSync(old);
for (const each of publicPackages().filter(({ name }) => kept.includes(name))) await pack(each, folder);

const bytes = tarballs().reduce((sum, file) => sum + statSync(file).size, 0);
console.log(`${tarballs().length} tarballs, ${Math.ceil(bytes / 1024)} kB, in ${folder}`);
if (bytes > mostBytes) {
  console.error(`That is more than the ${mostBytes / 1024} kB that the repository should grow by with each release.`);
  process.exitCode = 1;
}

function tarballs() {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".tgz"))
    .map((name) => join(folder, name));
}
