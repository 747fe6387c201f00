import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const compiler = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url));

it("the examples of the README compile strictly", { timeout: 120_000 }, () => {
  // Inside the package, so that its names resolve.
  const folder = mkdtempSync(join(here, ".readme-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const examples = [...readme().matchAll(/```ts\n\/\/ (\S+)[^\n]*\n(.*?)```/gs)];
  expect(examples).toHaveLength(11);
  for (const [, name = "", code = ""] of examples) writeFileSync(join(folder, name), code);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  try {
    execFileSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout);
  }
});

it.each([
  ["preload", "connectWord", "handOver"],
  ["service-worker-preload", "workerWord", "workerHand"],
])("the file %s is below 1 kB, needs electron alone, and says what its bundled form says", (name, word, mark) => {
  const file = fileURLToPath(new URL(`../dist/${name}.cjs`, import.meta.url));
  expect(statSync(file).size).toBeLessThan(1024);
  const code = readFileSync(file, "utf8");
  expect([...code.matchAll(/require\("(.*?)"\)/g)].map(([, required]) => required)).toEqual(["electron"]);
  const words = readFileSync(join(here, "../src/words.ts"), "utf8");
  expect(code).toContain(`"${new RegExp(`${word} = "(.*?)"`).exec(words)?.[1]}"`);
  expect(code).toContain(`Symbol.for("${new RegExp(`${mark}.*?Symbol\\.for\\("(.*?)"\\)`).exec(words)?.[1]}")`);
});

const tsconfig = {
  extends: "../../../../tsconfig.base.json",
  compilerOptions: {
    lib: ["ES2023", "ESNext.Disposable", "DOM"],
    types: ["node"],
    composite: false,
    noEmit: true,
    allowImportingTsExtensions: true,
  },
  include: ["./*.ts"],
};

function readme(): string {
  return readFileSync(join(here, "../README.md"), "utf8");
}
