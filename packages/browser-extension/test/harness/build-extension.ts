import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";

/** What to build. */
export interface ExtensionBuild {
  /** Script name (without `.js`) → source file. */
  readonly scripts: Record<string, string>;
  /** Name of a page (without `.html`) → its script. */
  readonly pages?: Record<string, string>;
  readonly manifest: object;
  /** What sources may read as globals. */
  readonly define?: Record<string, unknown>;
}

/** Builds an unpacked extension in a temporary folder, which belongs to the caller. */
export async function buildExtension(what: ExtensionBuild): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-extension-"));
  for (const [name, entry] of Object.entries(what.scripts)) await buildScript(name, entry, folder, what.define ?? {});
  for (const [name, script] of Object.entries(what.pages ?? {})) {
    writeFileSync(
      join(folder, `${name}.html`),
      `<!doctype html><meta charset="utf-8"><title>${name}</title><script src="${script}.js"></script>`,
    );
  }
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(what.manifest, null, 2));
  return folder;
}

async function buildScript(
  name: string,
  entry: string,
  folder: string,
  define: Record<string, unknown>,
): Promise<void> {
  await build({
    configFile: false,
    logLevel: "error",
    define: Object.fromEntries(Object.entries(define).map(([key, value]) => [key, JSON.stringify(value)])),
    build: {
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      lib: { entry, formats: ["iife"], name: "portolanTest", fileName: () => `${name}.js` },
    },
  });
}
