import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const compiler = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url));

it("the examples of the README compile strictly", { timeout: 30_000 }, () => {
  // Inside the package, so that its names resolve.
  const folder = mkdtempSync(join(here, ".readme-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const examples = [...readme().matchAll(/```ts\n\/\/ (\S+)[^\n]*\n(.*?)```/gs)];
  expect(examples).toHaveLength(9);
  for (const [, name = "", code = ""] of examples) writeFileSync(join(folder, name), code);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  try {
    execFileSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout);
  }
});

it("the preload is one file below 1 kB, and the two forms of it say the same", () => {
  const file = fileURLToPath(new URL("../dist/preload.cjs", import.meta.url));
  expect(statSync(file).size).toBeLessThan(1024);
  const code = readFileSync(file, "utf8");
  expect([...code.matchAll(/require\("(.*?)"\)/g)].map(([, name]) => name)).toEqual(["electron"]);
  const { connect, marker } = words();
  expect(code).toContain(`"${connect}"`);
  expect(code).toContain(`Symbol.for("${marker}")`);
});

function words(): { connect: string; marker: string } {
  const source = readFileSync(join(here, "../src/words.ts"), "utf8");
  const connect = /connectWord = "(.*?)"/.exec(source)?.[1] ?? "";
  const marker = /Symbol\.for\("(.*?)"\)/.exec(source)?.[1] ?? "";
  return { connect, marker };
}

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
