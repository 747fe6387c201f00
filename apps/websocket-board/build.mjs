/** Bundles the page into dist/page: `node build.mjs`. */
import { fileURLToPath } from "node:url";
import { build } from "vite";

await build({
  configFile: false,
  root: fileURLToPath(new URL("src/page", import.meta.url)),
  logLevel: "error",
  build: { outDir: fileURLToPath(new URL("dist/page", import.meta.url)), emptyOutDir: true, target: "es2022" },
});
