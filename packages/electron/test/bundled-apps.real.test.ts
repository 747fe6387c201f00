import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPackage, listPackage } from "@electron/asar";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { electronFolder, runApp, versions } from "./harness/electron.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Below the package, so that the build tools are found; the app's own dependencies lie in the app.
const project = here("harness/dist/desktop-app");
const shipped = mkdtempSync(join(tmpdir(), "portolan-desktop-"));

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
  rmSync(project, { recursive: true, force: true });
  cpSync(here("fixtures/desktop-app"), project, { recursive: true });
  for (const name of ["protocol", "server", "client", "electron"]) install(name);
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

/** Packs a package as it would be published, and unpacks it where the app finds it. */
function install(name: string): void {
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", shipped], {
      cwd: here(`../../${name}`),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as [{ filename: string }];
  const target = join(project, "node_modules/@portolan", name);
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", join(shipped, filename), "-C", target, "--strip-components=1"]);
}

/** Builds the README's first example, and a program that answers its dialog and prints what it does. */
async function shipReadme(folder: string): Promise<void> {
  const sources = join(project, "readme");
  mkdirSync(sources);
  const examples = readFileSync(here("../README.md"), "utf8").matchAll(/```ts\n\/\/ (api|main|page)\.ts\n(.*?)```/gs);
  for (const [, name, code = ""] of examples) writeFileSync(join(sources, `${name}.ts`), code);
  for (const [entry, ssr] of [
    ["main.ts", true],
    ["page.ts", false],
  ] as const) {
    await build({
      configFile: false,
      logLevel: "error",
      root: sources,
      build: {
        outDir: folder,
        emptyOutDir: false,
        ssr,
        target: "chrome140",
        rolldownOptions: {
          input: join(sources, entry),
          external: ["electron"],
          output: { entryFileNames: "[name].js" },
        },
      },
    });
  }
  cpSync(join(project, "node_modules"), join(folder, "node_modules"), { recursive: true });
  const files = {
    "package.json": JSON.stringify({ main: "driver.js", type: "module" }),
    "index.html": '<!doctype html><meta charset="utf-8"><script type="module" src="page.js"></script>',
    "chosen.txt": "the file's text",
    "driver.js": driver,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

const driver = `import { app, BrowserWindow, dialog } from "electron";
const filePaths = [new URL("chosen.txt", import.meta.url).pathname];
dialog.showOpenDialog = async () => ({ canceled: false, filePaths });
const lines = [];
app.on("web-contents-created", (_event, contents) =>
  contents.on("console-message", ({ message }) => {
    if (/^[12] /.test(message)) lines.push(message);
    if (lines.length < 2) return;
    console.log("@seen " + JSON.stringify({ title: BrowserWindow.getAllWindows()[0].getTitle(), lines }));
    app.exit(0);
  }),
);
await import("./main.js");
`;

/** Runs a build tool of this package in the project. */
function run(tool: string, program: string, ...args: string[]): void {
  const require = createRequire(import.meta.url);
  const installed = dirname(require.resolve(`${tool}/package.json`));
  try {
    execFileSync(process.execPath, [join(installed, program), ...args], {
      cwd: project,
      encoding: "utf8",
      stdio: "pipe",
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${tool} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  }
}

/** Starts a shipped app, and gives what it found and what it printed. */
async function launch(file: string, electron: string): Promise<{ output: string; found: unknown }> {
  const { output } = await runApp(electron, join(shipped, file), [], 60_000);
  return { output, found: JSON.parse(/^@seen (.*)$/m.exec(output)?.[1] ?? "null") };
}
