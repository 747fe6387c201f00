import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const compiler = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url));

it("the example of the README compiles strictly and runs", { timeout: 120_000 }, () => {
  // Inside the package, so that its names resolve.
  const folder = mkdtempSync(join(here, ".readme-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [, name = "", code = ""] of readme().matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)) {
    writeFileSync(join(folder, name), code);
  }
  writeFileSync(join(folder, "a.txt"), "a");
  writeFileSync(join(folder, "b.txt"), "b");
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  execFileSync(process.execPath, [compiler, "-p", folder], { stdio: "inherit" });
  const output = execFileSync(process.execPath, ["main.js"], { cwd: folder, encoding: "utf8" });
  expect(output).toMatch(/^1 done\n2 done\n\[\n {2}'ca978112[0-9a-f]{56}',\n {2}'3e23e816[0-9a-f]{56}'\n\]\n$/);
});

const tsconfig = {
  extends: "../../../../tsconfig.base.json",
  compilerOptions: { types: ["node"], composite: false, declarationMap: false },
  include: ["./*.ts"],
};

function readme(): string {
  return readFileSync(join(here, "../README.md"), "utf8");
}
