import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type InlineConfig } from "vite";

const here = fileURLToPath(new URL("app", import.meta.url));

// Inside the package, so that its main process finds `@portolan/electron` as installed.
const appFolder: string = fileURLToPath(new URL("dist", import.meta.url));

/** Builds the app that the tests drive: main and utility as modules, pages and preloads as one file each. */
export async function buildApp(): Promise<string> {
  await mkdir(appFolder, { recursive: true });
  await bundle("main", { ssr: true, format: "es", file: "main.mjs" });
  await bundle("utility", { ssr: true, format: "es", file: "utility.mjs" });
  await bundle("page", { format: "iife", file: "page.js" });
  await bundle("preload-client", { format: "cjs", file: "preload-client.cjs" });
  const page = (extra: string): string =>
    `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'self' 'unsafe-inline'; script-src 'self'"><title>page</title>${extra}<script src="page.js"></script>`;
  await writeFile(join(appFolder, "index.html"), page(""));
  await writeFile(join(appFolder, "other.html"), page(""));
  await writeFile(join(appFolder, "outer.html"), page('<iframe src="other.html"></iframe>'));
  await writeFile(join(appFolder, "webview.html"), page('<webview src="other.html"></webview>'));
  return join(appFolder, "main.mjs");
}

interface Target {
  readonly format: "es" | "iife" | "cjs";
  readonly file: string;
  readonly ssr?: boolean;
}

async function bundle(entry: string, { format, file, ssr = false }: Target): Promise<void> {
  const input = join(here, `${entry}.ts`);
  const config: InlineConfig = {
    configFile: false,
    logLevel: "error",
    root: here,
    build: {
      outDir: appFolder,
      emptyOutDir: false,
      minify: false,
      target: "chrome140",
      ssr: ssr ? input : false,
      rolldownOptions: {
        input,
        external: ssr ? [/^@portolan\//, "electron", /^node:/] : ["electron"],
        output: { format, entryFileNames: file, codeSplitting: false },
      },
    },
  };
  await build(config);
}
