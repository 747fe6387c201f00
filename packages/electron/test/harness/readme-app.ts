import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { project } from "./desktop-project.ts";

const readmeFile = fileURLToPath(new URL("../../README.md", import.meta.url));

/** Builds the README's first example, and a program that answers its dialog and prints what it does. */
export async function shipReadme(folder: string): Promise<void> {
  const sources = join(project, "readme");
  mkdirSync(sources);
  const examples = readFileSync(readmeFile, "utf8").matchAll(/```ts\n\/\/ (api|main|page)\.ts\n(.*?)```/gs);
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
