import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = new URL("..", import.meta.url).pathname;
/** By our own launcher: a machine that has only Node and npm has no pnpm on its PATH. */
const pnpm = join(root, "scripts/pnpm.mjs");
const page = readFileSync(join(root, "docs/add-an-adapter.md"), "utf8");

describe("docs/add-an-adapter.md", () => {
  it("leads from an empty folder to a conforming adapter in under 100 lines", async () => {
    const files = filesIn(page);
    expect([...files.keys()]).toContain("broadcast-transport.js");
    const lines = [...files.values()].reduce((sum, text) => sum + text.split("\n").length, 0);
    expect(lines).toBeLessThan(100);

    const folder = mkdtempSync(join(tmpdir(), "portolan-adapter-"));
    try {
      const pack = (name: string) =>
        run(process.execPath, [pnpm, "pack", "--pack-destination", folder], { cwd: join(root, "packages", name) });
      await Promise.all(["protocol", "conformance"].map(pack));
      const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
      await run("npm", ["init", "-y"], { cwd: folder });
      await run("npm", ["pkg", "set", "type=module"], { cwd: folder });
      await run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...tarballs.map((name) => `./${name}`)], {
        cwd: folder,
      });
      for (const [name, text] of files) writeFileSync(join(folder, name), text);
      const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...env } = process.env;
      const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap"], {
        cwd: folder,
        env,
        maxBuffer: 1e8,
      }).catch((error: { stdout: string }) => error);
      expect(stdout.split("\n").filter((line) => /^\s*(not ok|error:)/.test(line))).toEqual([]);
      expect(Number(/^# pass (\d+)/m.exec(stdout)?.[1])).toBeGreaterThan(250);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 180_000);
});

function filesIn(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/```js file=(\S+)\n([\s\S]*?)```/g)].map(([, name = "", code = ""]) => [name, code]),
  );
}
