/** Builds dist/chromium and dist/firefox, which load unpacked: `node build.mjs`. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { manifestFor } from "./manifest.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const scripts = ["background", "content", "page", "popup", "panel"];
const [chromium, firefox] = ["chromium", "firefox"].map((name) => join(root, "dist", name));

for (const folder of [chromium, firefox]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, "static"), folder, { recursive: true });
}
for (const name of scripts) {
  await build({
    configFile: false,
    root,
    logLevel: "error",
    build: {
      outDir: chromium,
      emptyOutDir: false,
      lib: {
        entry: join(root, "src", name, `${name}.ts`),
        formats: ["iife"],
        name: "tabNotes",
        fileName: () => `${name}.js`,
      },
    },
  });
  cpSync(join(chromium, `${name}.js`), join(firefox, `${name}.js`));
}
writeFileSync(join(chromium, "manifest.json"), `${JSON.stringify(manifestFor("chromium"), null, 2)}\n`);
writeFileSync(join(firefox, "manifest.json"), `${JSON.stringify(manifestFor("firefox"), null, 2)}\n`);
