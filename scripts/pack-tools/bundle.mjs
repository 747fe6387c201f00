/**
 * Bundles one entry per door: `node bundle.mjs <vite|webpack|esbuild> <plan.json>`.
 * The plan is `{ folder, entries: [{ name, file, platform: "browser" | "node" }] }`; the bundle of an entry lands in
 * `<folder>/bundled/<bundler>/<name>.mjs`. Whatever does not resolve for its platform is an error.
 */
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";

const bundlers = { vite: withVite, webpack: withWebpack, esbuild: withEsbuild };
const given = ["electron"];
const builtins = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)];

const [bundler, planFile] = process.argv.slice(2);
const { folder, entries } = JSON.parse(readFileSync(planFile, "utf8"));
for (const entry of entries) {
  try {
    await bundlers[bundler](entry, join(folder, "bundled", bundler));
  } catch (error) {
    console.error(`${bundler} cannot bundle ${entry.name} for ${entry.platform}: ${error.message}`);
    process.exitCode = 1;
  }
}

async function withVite({ name, file, platform }, outDir) {
  const { build } = await import("vite");
  const browserOnly = {
    name: "no-node-builtins",
    enforce: "pre",
    resolveId(id, importer) {
      if (builtins.includes(id)) throw new Error(`${importer} imports ${id} for a browser`);
    },
  };
  await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    plugins: platform === "browser" ? [browserOnly] : [],
    ssr: { noExternal: true },
    build: {
      outDir,
      emptyOutDir: false,
      ssr: platform === "node" ? file : false,
      lib: platform === "node" ? undefined : { entry: file, formats: ["es"], fileName: () => `${name}.mjs` },
      rolldownOptions: { external: given, output: { entryFileNames: `${name}.mjs` } },
    },
  });
}

async function withWebpack({ name, file, platform }, path) {
  const { default: webpack } = await import("webpack");
  const compiler = webpack({
    mode: "production",
    context: folder,
    entry: file,
    target: platform === "node" ? "node20" : ["web", "es2022"],
    externalsType: "module-import",
    externals: given,
    // What `ws` uses when it is installed, and does without when it is not.
    ignoreWarnings: [{ module: /[\\/]ws[\\/]lib[\\/]/, message: /'(bufferutil|utf-8-validate)'/ }],
    experiments: { outputModule: true },
    performance: false,
    output: { path, filename: `${name}.mjs`, module: true, library: { type: "module" }, chunkFormat: "module" },
  });
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, result) => (error ? reject(error) : compiler.close(() => resolve(result))));
  });
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString({ preset: "errors-warnings" }));
}

async function withEsbuild({ name, file, platform }, outdir) {
  const { build } = await import("esbuild");
  const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  await build({
    absWorkingDir: folder,
    entryPoints: [file],
    outfile: join(outdir, `${name}.mjs`),
    bundle: true,
    format: "esm",
    platform,
    target: "es2022",
    external: given,
    logLevel: "silent",
    // CommonJS dependencies of node doors (ws) call require().
    banner: platform === "node" ? { js: banner } : {},
  });
}
