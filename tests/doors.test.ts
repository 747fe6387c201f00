import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));

interface Script {
  /** From `dist`, with slashes. */
  readonly name: string;
  readonly code: string;
  /** What it was made of, from the folder of the package. */
  readonly sources: readonly string[];
}

describe.each(readdirSync(packages))("the doors of %s", (name) => {
  const folder = join(packages, name);
  const scripts = scriptsOf(folder);
  const modules = scripts.filter((script) => script.name.endsWith(".js"));

  it("are one file each, beside what they share, and nothing else", () => {
    const manifest = readFileSync(join(folder, "package.json"), "utf8");
    const others = scripts.filter((script) => !manifest.includes(`"./dist/${script.name}"`));
    expect(others.filter((script) => !script.name.startsWith("shared/"))).toEqual([]);
  });

  it("hold each source once, so that doors share one state", () => {
    const sources = modules.flatMap((script) => script.sources);
    expect(sources.length).toBeGreaterThan(0);
    expect(new Set(sources).size).toBe(sources.length);
  });

  it("lead by their maps to published sources", () => {
    for (const { sources } of scripts) {
      for (const source of sources) expect(readFileSync(join(folder, source), "utf8")).not.toBe("");
    }
  });

  it("say the names of classes as they are written", () => {
    for (const { code } of scripts) expect(code).not.toMatch(/class [A-Za-z]+\$\d/);
  });

  it("are ASCII, which a runtime holds at one byte a character, without comments but those for bundlers", () => {
    for (const { code } of scripts) {
      expect(code).not.toMatch(/[^\p{ASCII}]/u);
      expect(code).not.toMatch(/^\s*\/\*\*/m);
    }
  });
});

// `crypto`, `performance` and `node:process` take each thread 2 to 3 ms, once.
it("imports and a first call over a port load nothing of Node", () => {
  const program = fileURLToPath(new URL("./fixtures/first-call.mjs", import.meta.url));
  const said = execFileSync(process.execPath, [program], { encoding: "utf8" });
  expect(JSON.parse(said)).toEqual({ sum: 3, loaded: [] });
});

function scriptsOf(folder: string): Script[] {
  const dist = join(folder, "dist");
  const names = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => /\.c?js$/.test(file));
  return names.map((file) => {
    const map = JSON.parse(readFileSync(join(dist, `${file}.map`), "utf8")) as { sources: string[] };
    const sources = map.sources.map((source) => relative(folder, join(dist, dirname(file), source)));
    return { name: file.replaceAll("\\", "/"), code: readFileSync(join(dist, file), "utf8"), sources };
  });
}
