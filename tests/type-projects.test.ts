import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = join(packageOf("typescript"), "bin", "tsc");
const tsc6 = join(packageOf("typescript-6"), "bin", "tsc");
const made: string[] = [];

afterEach(() => {
  for (const home of made.splice(0)) rmSync(home, { recursive: true, force: true });
});

describe("an app of two contexts, each without the other's libraries", { timeout: 120_000 }, () => {
  it.each([
    ["7", tsc],
    ["6", tsc6],
  ])(
    "compiles with TypeScript %s as a composite pnpm project with middleware, and the declaration names nothing that is out of reach",
    (_version, compiler) => {
      const home = project("contexts");
      const { status, stdout } = build(home, compiler);
      expect(stdout).toBe("");
      expect(status).toBe(0);
      const declaration = readFileSync(join(home, "main", "dist", "api.d.ts"), "utf8");
      expect(declaration).toContain('import("@portolan/server").Procedure<');
      expect(declaration).not.toMatch(/protocol|\.pnpm|\/dist\/|Zod/);
    },
  );

  it("does not compile with one wrong line", () => {
    const home = project("contexts");
    const page = join(home, "renderer", "src", "page.ts");
    const line = readFileSync(page, "utf8").split("\n").length;
    appendFileSync(page, 'export const wrong: Promise<string> = client.size("a.txt");\n');
    const { status, stdout } = build(home);
    expect(status).not.toBe(0);
    const errors = stdout.split("\n").filter((line) => line.includes("error TS"));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(`renderer/src/page.ts(${line},14): error TS2322`);
  });
});

describe("a contract of 3 000 procedures", { timeout: 120_000 }, () => {
  it("costs the compiler at most 145 instantiations each, and 400 MB in all", () => {
    const script = join(root, "scripts", "type-check-cost.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--json"], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    const { instantiations, megabytes } = JSON.parse(stdout) as { instantiations: number; megabytes: number };
    expect(instantiations / 3000).toBeLessThan(145);
    expect(megabytes).toBeLessThan(400);
  });
});

function build(home: string, compiler: string = tsc) {
  return spawnSync(process.execPath, [compiler, "-b", home, "--pretty", "false"], { encoding: "utf8", cwd: home });
}

/** A copy of a fixture in which each context finds exactly what its package.json would name, as pnpm links it. */
function project(name: string): string {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "portolan-types-")));
  made.push(home);
  cpSync(join(root, "tests", "fixtures", name), home, { recursive: true });
  link(join(home, "main"), "@portolan/server", join(root, "packages", "server"));
  link(join(home, "main"), "zod", packageOf("zod"));
  link(join(home, "main"), "@types/node", packageOf("@types/node"));
  link(join(home, "renderer"), "@portolan/client", join(root, "packages", "client"));
  expect(readdirSync(join(home, "renderer", "node_modules"))).toEqual(["@portolan"]);
  return home;
}

function link(context: string, name: string, target: string): void {
  const place = join(context, "node_modules", name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(target, place, "dir");
}

function packageOf(name: string): string {
  return realpathSync(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)));
}
