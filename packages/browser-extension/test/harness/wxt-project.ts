import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../..", import.meta.url));
const source = fileURLToPath(new URL("../fixtures/wxt-project", import.meta.url));

/** A project of WXT (https://wxt.dev), with Portolan as users install it. */
export interface WxtProject {
  /** Builds for a browser; returns the unpacked extension. */
  build(browser: "chrome" | "firefox"): Promise<string>;
  remove(): void;
}

/** Installs WXT into .cache/, where it stays, and the packed tarballs of our packages beside a copy of the project. */
export async function makeWxtProject(): Promise<WxtProject> {
  const home = join(root, ".cache/wxt");
  const folder = join(home, `project-${process.pid}`);
  cpSync(source, folder, { recursive: true });
  const ours = ["protocol", "server", "client", "browser-extension"].map((name) => unpackInto(folder, name));
  await Promise.all([installWxt(home), ...ours]);
  return {
    async build(browser) {
      const wxt = join(home, "node_modules/wxt/bin/wxt.mjs");
      await run(process.execPath, [wxt, "build", "--browser", browser, "--mv3"], { cwd: folder });
      return join(folder, `.output/${browser}-mv3`);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function installWxt(home: string): Promise<void> {
  const manifest = readFileSync(join(source, "package.json"), "utf8");
  const copy = join(home, "package.json");
  if (existsSync(join(home, "node_modules/wxt")) && readFileSync(copy, "utf8") === manifest) return;
  mkdirSync(home, { recursive: true });
  cpSync(join(source, "package.json"), copy);
  const install = () =>
    run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"], { cwd: home });
  // Once more: a registry has bad moments, and a hook has no second try.
  await install().catch(install);
}

/** Packs a package as it would be published, and unpacks it where the project finds it. */
async function unpackInto(folder: string, name: string): Promise<void> {
  const place = join(folder, "node_modules/@portolan", name);
  mkdirSync(place, { recursive: true });
  await run(process.execPath, [join(root, "scripts/pnpm.mjs"), "pack", "--out", join(place, "packed.tgz")], {
    cwd: join(root, "packages", name),
  });
  await run("tar", ["xzf", join(place, "packed.tgz"), "-C", place, "--strip-components=1"]);
}
