import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPackage, listPackage } from "@electron/asar";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { prepareProject, project, run, shipped } from "./harness/desktop-project.ts";
import { electronFolder, runApp, versions } from "./harness/electron.ts";
import { shipReadme } from "./harness/readme-app.ts";

afterAll(() => rmSync(shipped, { recursive: true }));

/** What the app's own preload tells the page. */
const start = { platform: process.platform, sandboxed: true };

/** How an app is built, and which of its files a user gets. */
const layouts = [
  {
    name: "electron-vite",
    files: ["out", "node_modules"],
    main: "out/main/index.js",
    type: "module",
    registered: "registered",
    start,
    build: () => run("electron-vite", "bin/electron-vite.js", "build"),
  },
  {
    name: "forge",
    files: [".vite"],
    main: ".vite/build/main.js",
    type: "commonjs",
    registered: expect.stringContaining('import "@portolan/electron/preload"'),
    start,
    build() {
      for (const mode of ["main", "cruncher", "preload", "renderer"]) {
        run("vite", "bin/vite.js", "build", "--config", "vite.forge.config.mjs", "--mode", mode);
      }
    },
  },
  {
    // Main is not bundled at all, and has no preload of its own; pages and the utility process are those of the first.
    name: "plain CommonJS",
    files: ["plain", "out", "node_modules"],
    main: "plain/main.cjs",
    type: "module",
    registered: "the package's file",
    start: undefined,
    build: () => cpSync(join(project, "src/plain"), join(project, "plain"), { recursive: true }),
  },
] as const;

const seen = {
  page: {
    add: 3,
    heard: [1, 2, 3],
    lines: 100,
    error: ["INTERNAL", false],
    doubled: 42,
    node: "undefined",
  },
  title: "a title from the page",
  fromMain: ["hello, main", 8],
};

beforeAll(async () => {
  prepareProject();
  for (const { name, files, main, type, build } of layouts) {
    build();
    const folder = join(shipped, name);
    mkdirSync(folder);
    for (const file of files) cpSync(join(project, file), join(folder, file), { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: `desktop-${name}`, main, type }));
    await createPackage(folder, join(shipped, `${name}.asar`));
  }
  await shipReadme(join(shipped, "readme"));
}, 180_000);

it("the app's sources compile strictly against what is published", () => run("typescript", "bin/tsc", "-p", "."));

describe.each(versions)("in Electron %s", (version) => {
  for (const { name, registered, start } of layouts) {
    it.for([
      ["unpacked", name],
      ["from an .asar", `${name}.asar`],
    ] as const)(`G-02 the app of the ${name} layout runs, sandboxed, %s`, async ([, file], context) => {
      const { output, found } = await launch(file, folderOf(version, context));
      const page = start ? { ...seen.page, start } : seen.page;
      expect(found, output).toEqual({ ...seen, page, registered, archived: file.endsWith(".asar") });
    });
  }

  it("the first example of the README does what it says, as a user would type it", async (context) => {
    const { output, found } = await launch("readme", folderOf(version, context));
    expect(found, output).toEqual({ title: "Hello", lines: ["1 the file's text", "2 the file's text"] });
  });

  it("the bundled layout ships no node_modules, and says so by refusing to register the preload", () => {
    expect(existsSync(join(shipped, "forge/node_modules"))).toBe(false);
    expect(
      listPackage(join(shipped, "forge.asar"), { isPack: false }).filter((file) => file.includes("node_modules")),
    ).toEqual([]);
  });
});

function folderOf(version: string, context: TestContext): string {
  const sentence = `Electron ${version} is not here: node scripts/fetch-electron.mjs ${version} fetches it.`;
  return electronFolder(version) ?? context.skip(sentence);
}

/** Starts a shipped app, and gives what it found and what it printed. */
async function launch(file: string, electron: string): Promise<{ output: string; found: unknown }> {
  const { output } = await runApp(electron, join(shipped, file), [], 60_000);
  return { output, found: JSON.parse(/^@seen (.*)$/m.exec(output)?.[1] ?? "null") };
}
