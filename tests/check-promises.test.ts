import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";

const repository = fileURLToPath(new URL("..", import.meta.url));
const built: string[] = [];

// The three ids of the little repository below. Written in two pieces, so that this file itself names none of them.
const [one, two, three] = ["01", "02", "03"].map((number) => `O${"-"}${number}`) as [string, string, string];

afterEach(async () => {
  await Promise.all(built.splice(0).map((folder) => rm(folder, { recursive: true })));
});

describe("the check of promises", () => {
  test("finds ids in titles of calls, tables and cases", async () => {
    const { output, code } = await checked({
      "packages/protocol/test/a.test.ts": `it("${one} works", () => {});`,
      "tests/b.test.ts": `test.each([["x ${two} y", 1]])("%s", () => {});`,
      "packages/conformance/src/c.ts": `export const c = { name: \`${three} works\`, run };`,
    });
    expect(output).toContain("O: 3 of 3\npromises: 3 of 3 are named by a test\n");
    expect(code).toBe(0);
  });

  test("does not count comments, skipped tests, other strings and what is installed", async () => {
    const { output } = await checked({
      "apps/a/test/a.test.ts": `// it("${one}")\n/* it("${one}") */ it.skip("${one}"); it.todo("${one}"); const a = "${one}";`,
      "tests/node_modules/b.test.ts": `it("${one}")`,
    });
    expect(output).toContain(`O: 0 of 3, missing: ${one} ${two} ${three}\n`);
  });

  test("a quote inside a comment or a regular expression hides no title", async () => {
    const { output } = await checked({
      "tests/a.test.ts": `// don't\nexpect(a).toMatch(/["'\`]/); it("${one} works", () => {});`,
    });
    expect(output).toContain("O: 1 of 3");
  });

  test("a range names its two ends only", async () => {
    const { output } = await checked({ "tests/a.test.ts": `it("${one} to ${three}", () => {});` });
    expect(output).toContain(`O: 2 of 3, missing: ${two}\n`);
  });

  test("fails in strict mode when a required id is missing, and only then", async () => {
    const files = { "tests/a.test.ts": `it("${one}", () => {});` };
    expect((await checked(files, "--require", `${one},${two}`)).code).toBe(0);
    expect((await checked(files, "--strict", "--require", one)).code).toBe(0);
    expect((await checked(files, "--strict")).code).toBe(1);
    const { code, output } = await checked(files, "--strict", "--require", `${one},${two}`);
    expect(output).toContain(`required and missing: ${two}\n`);
    expect(code).toBe(1);
  });

  test("an id that was never promised is a slip of the pen", async () => {
    const { code, output } = await checked(
      { "tests/a.test.ts": `it("${one.replace("0", "9")}", () => {});` },
      "--strict",
    );
    expect(output).toContain(`${one.replace("0", "9")} is not in docs/promises.md: tests/a.test.ts\n`);
    expect(code).toBe(1);
  });

  test("the page promises every id of every source once, in order", async () => {
    const page = await readFile(join(repository, "docs/promises.md"), "utf8");
    const ids = [...page.matchAll(/^\| ([A-Z]-\d\d) \|/gm)].map(([, id]) => id);
    const sources: [letter: string, count: number][] = [
      ["O", 27],
      ["M", 21],
      ["G", 21],
      ["R", 43],
      ["F", 32],
    ];
    const expected = sources.flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}-${String(index + 1).padStart(2, "0")}`),
    );
    expect(ids).toEqual(expected);
  });
});

/** Builds a repository that promises three things, with `files` in it, and checks it. */
async function checked(files: Record<string, string>, ...args: string[]): Promise<{ code: number; output: string }> {
  const root = await mkdtemp(join(tmpdir(), "portolan-promises-"));
  built.push(root);
  const page = [one, two, three].map((id) => `| ${id} | It works. |\n`).join("");
  for (const [name, text] of Object.entries({ "docs/promises.md": page, ...files })) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return new Promise((resolve) => {
    const program = join(repository, "scripts/check-promises.mjs");
    execFile(process.execPath, [program, "--in", root, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stderr + stdout });
    });
  });
}
