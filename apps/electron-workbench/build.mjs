/** Bundles the app into dist/, as a packaged app would be: main, utility process, thread, preload, page. Nothing else is shipped. */
import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const parts = [
  { entry: "main.ts", file: "main.mjs", format: "es", node: true },
  { entry: "end-to-end.ts", file: "end-to-end.mjs", format: "es", node: true },
  { entry: "indexer.ts", file: "indexer.mjs", format: "es", node: true },
  { entry: "thumbnails.ts", file: "thumbnails.mjs", format: "es", node: true },
  { entry: "preload.ts", file: "preload.cjs", format: "cjs" },
  { entry: "page/page.ts", file: "page.js", format: "iife" },
];

await mkdir(here("dist"), { recursive: true });
for (const { entry, file, format, node = false } of parts) {
  const input = here(`src/${entry}`);
  await build({
    configFile: false,
    logLevel: "error",
    root: here("src"),
    ssr: { noExternal: true },
    build: {
      outDir: here("dist"),
      emptyOutDir: false,
      minify: false,
      target: "chrome140",
      ssr: node ? input : false,
      rolldownOptions: {
        input,
        external: ["electron", /^node:/],
        output: { format, entryFileNames: file, codeSplitting: false },
      },
    },
  });
}
for (const file of ["index.html", "page.css"]) await copyFile(here(`src/page/${file}`), here(`dist/${file}`));
