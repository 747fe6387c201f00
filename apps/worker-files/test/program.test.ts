import { spawn } from "node:child_process";
import { truncateSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { tree } from "./tree.ts";
import { within } from "./within.ts";

describe("the program", () => {
  it("reads a tree with known duplicates and sums it up", async () => {
    const twin = "the same\nin all three\n";
    const folder = tree(
      {
        "a.js": "one\ntwo\nthree\n",
        "b.ts": "one\n",
        "copy-1.txt": twin,
        "deep/er/copy-2.txt": twin,
        "deep/copy-3.txt": twin,
        "pair-1.bin": Buffer.alloc(1_000_000),
        "pair-2.bin": Buffer.alloc(1_000_000),
        "empty-1.txt": "",
        "empty-2.txt": "",
      },
      { "link-to-a.js": "a.js", loop: "." },
    );
    const { code, stdout, stderr } = await run([folder]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Done: 9 files\.\n2\.0 MB, 10 lines, in [\d.]+ s with \d+ threads?\n[\d,]+ files\/s, [\d.]+ [kM]?B\/s, \d+ calls? to workers, \d+ back\n2 links and special files not followed\n/,
    );
    expect(table(stdout, "Lines by language:")).toEqual([
      "text 6 lines 5 files 66 B",
      "JavaScript 3 lines 1 files 14 B",
      "TypeScript 1 lines 1 files 4 B",
      "binary 0 lines 2 files 2.0 MB",
    ]);
    const groups = table(stdout, "Duplicates: 2 groups, 1.0 MB could be saved. The largest:");
    expect(groups.slice(0, 3).sort()).toEqual(["2 times 1.0 MB", "pair-1.bin", "pair-2.bin"]);
    expect(groups[3]).toBe("3 times 22 B");
    expect(groups.slice(4).sort()).toEqual(["copy-1.txt", "deep/copy-3.txt", "deep/er/copy-2.txt"]);
    // Where it takes longer than a moment, lines of progress follow.
    expect(stderr.split("\n")[0]).toBe(`Reading ${folder} with 2 threads`);
  });

  it("reports what vanished, changed or may not be read, and goes on", async () => {
    const folder = tree({ "fine.txt": "x\n", "vanishes.txt": "x", "becomes-a-folder.txt": "x", "forbidden.txt": "x" });
    const { code, stdout } = await run([folder], { unruly: true });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Done: 1 file\.\n/);
    expect(table(stdout, "Skipped: 3 files and folders").sort()).toEqual([
      "becomes-a-folder.txt: is no file any more",
      "forbidden.txt: may not be read",
      "vanishes.txt: vanished",
    ]);
  });

  it("is cancelled at once by Ctrl-C, says what was done, and exits with 130", async () => {
    const folder = tree({ "a.txt": "x\n", "b.txt": "y\n", "endless.bin": "" });
    // Takes no room, and would take hours to read.
    truncateSync(join(folder, "endless.bin"), 2 ** 42);
    const { code, stdout, stderr, tookToStop } = await run([folder], { interruptAfter: /files, [\d.]+ [MG]B,/ });
    expect(code).toBe(130);
    expect(tookToStop).toBeLessThan(within(500));
    expect(stdout).toMatch(/^Cancelled: [0-2] of 3 files had been read\.\n[\d.]+ [MG]B, /);
    // Plain lines, since nobody watches.
    expect(stderr.split("\n").length).toBeGreaterThan(2);
    expect(stderr).not.toContain("\u001b");
  });

  it("fails with 1 when a worker dies, and says how it ended", async () => {
    const folder = tree({ "kills-the-worker.txt": "x" });
    const { code, stdout, stderr } = await run([folder], { unruly: true });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/worker-files: the worker ended with exit code 3\n$/);
  });

  it("reads an empty folder", async () => {
    const { code, stdout } = await run([tree({})]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Done: 0 files\.\n0 B, 0 lines, /);
  });

  it("fails with 1 for a folder that is missing, or is none", async () => {
    const folder = tree({ "a.txt": "" });
    expect(await run([join(folder, "no")])).toMatchObject({
      code: 1,
      stderr: `worker-files: there is no folder ${join(folder, "no")}\n`,
    });
    expect(await run([join(folder, "a.txt")])).toMatchObject({
      code: 1,
      stderr: `worker-files: ${join(folder, "a.txt")} is not a folder\n`,
    });
  });

  it.each([
    [["one", "two"], "expected one folder, got 2"],
    [["--colour"], "Unknown option '--colour'"],
    [["--threads", "0"], '--threads takes a number from 1 to 256, got "0"'],
  ])("fails with 2 for wrong usage: %j", async (args, why) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(why);
    expect(stderr).toContain("usage: worker-files");
  });

  it("tells its usage when asked", async () => {
    expect(await run(["--help"])).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringContaining("usage: worker-files"),
    });
  });
});

interface RunOptions {
  /** Lets the files of `unruly-files.mjs` misbehave. */
  readonly unruly?: boolean;
  /** Presses Ctrl-C once this has been written to stderr. */
  readonly interruptAfter?: RegExp;
}

async function run(args: string[], { unruly, interruptAfter }: RunOptions = {}) {
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
  const hook = unruly ? ["--import", new URL("./fixtures/unruly-files.mjs", import.meta.url).href] : [];
  const threads = args.some((arg) => arg.startsWith("--")) ? [] : ["--threads", "2"];
  const child = spawn(process.execPath, [...hook, main, ...threads, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr, interrupted] = ["", "", 0];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
    if (interrupted > 0 || !interruptAfter?.test(stderr)) return;
    interrupted = performance.now();
    child.kill("SIGINT");
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr, tookToStop: performance.now() - interrupted };
}

/** The indented rows below a heading, with single spaces. */
function table(stdout: string, heading: string): string[] {
  const rows = stdout.split(`${heading}\n`)[1]?.split("\n") ?? [];
  const end = rows.findIndex((row) => !row.startsWith("  "));
  return rows.slice(0, end).map((row) => row.trim().replace(/ +/g, " "));
}
