import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type InlineConfig } from "vite";

const here = fileURLToPath(new URL("app", import.meta.url));

const appFolder = fileURLToPath(new URL("dist/app", import.meta.url));
const built = (name: string): string => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));

/**
 * Builds the app that the tests drive, each part one file. Portolan's preload lies where the bundled main process looks
 * for it, as after an install. Returns the file to start Electron with.
 */
export async function buildApp(): Promise<string> {
  await mkdir(appFolder, { recursive: true });
  await bundle("main", { ssr: true, format: "es", file: "main.mjs" });
  await bundle("utility", { ssr: true, format: "es", file: "utility.mjs" });
  await bundle("utility-rpc", { ssr: true, format: "es", file: "utility-rpc.mjs" });
  await bundle("thread", { ssr: true, format: "es", file: "thread.mjs" });
  await bundle("utility-conformance", { ssr: true, format: "es", file: "utility-conformance.mjs" });
  await bundle("thread-conformance", { ssr: true, format: "es", file: "thread-conformance.mjs" });
  await bundle("page", { format: "iife", file: "page.js" });
  await bundle("worker", { format: "iife", file: "worker.js" });
  await bundle("worker-preload", { format: "cjs", file: "worker-preload.cjs" });
  await bundle("preload-start", { format: "cjs", file: "preload-start.cjs" });
  await bundle("preload-client", { format: "cjs", file: "preload-client.cjs" });
  for (const name of ["preload.cjs", "service-worker-preload.cjs"]) {
    await copyFile(built(name), join(appFolder, "..", name));
  }
  const page = (extra: string): string =>
    `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'self' 'unsafe-inline'; script-src 'self'"><title>page</title>${extra}<script src="page.js"></script>`;
  await writeFile(join(appFolder, "index.html"), page(""));
  await writeFile(join(appFolder, "other.html"), page(""));
  await writeFile(join(appFolder, "worker.html"), page("").replace("page.js", "register.js"));
  await writeFile(join(appFolder, "register.js"), 'navigator.serviceWorker.register("worker.js")');
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
    ssr: { noExternal: true },
    logLevel: "error",
    root: here,
    build: {
      outDir: appFolder,
      minify: false,
      target: "chrome140",
      ssr: ssr ? input : false,
      emptyOutDir: false,
      rolldownOptions: {
        input,
        external: ["electron", /^node:/],
        output: { format, entryFileNames: file, codeSplitting: false },
      },
    },
  };
  await build(config);
}
