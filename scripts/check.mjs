/** Everything but the tests: `node scripts/check.mjs [name …]` runs all of it, or the checks named. Says at the end what failed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pnpm, root, run } from "./pnpm.mjs";

const script = (file) => () => run([process.execPath, join(root, "scripts", file)], { show: true });
const present = (file) => existsSync(join(root, "scripts", file));
const onDemand = ["bench", "docs"].filter((folder) => existsSync(join(root, folder, "package.json")));
const checks = {
  lint: () => pnpm(["exec", "biome", "check", "."], { show: true }),
  types: () =>
    pnpm(
      [
        "exec",
        "turbo",
        "run",
        "build",
        "types",
        ...onDemand.map((folder) => `--filter=!./${folder}`),
        "--output-logs=errors-only",
      ],
      { show: true },
    ),
  floors: script("check-floors.mjs"),
  ...(present("check-promises.mjs") && { promises: script("check-promises.mjs") }),
  pack: script("check-pack.mjs"),
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(checks, name));
if (unknown.length > 0)
  throw new TypeError(`expected some of ${Object.keys(checks).join(", ")}, got ${unknown.join(", ")}`);

const failed = [];
const wanted = chosen.length > 0 ? chosen : Object.keys(checks);
for (const name of wanted) {
  console.log(`\n── ${name}`);
  await checks[name]().catch((error) => {
    console.error(error.message);
    failed.push(name);
  });
}
console.log(failed.length === 0 ? "\ncheck: all is well" : `\ncheck: ${failed.join(", ")} failed`);
console.log(`${wanted.length - failed.length} passed, ${failed.length} failed, 0 skipped`);
process.exitCode = failed.length === 0 ? 0 : 1;
