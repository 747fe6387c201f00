import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The app of fixtures/desktop-app while it is built. Below the package, so that the build tools are found. */
export const project: string = here("dist/desktop-app");

/** What users get of apps: a folder each. The test removes it. */
export const shipped: string = mkdtempSync(join(tmpdir(), "portolan-desktop-"));

/** Copies the app's sources and gives it its dependencies. */
export function prepareProject(): void {
  rmSync(project, { recursive: true, force: true });
  cpSync(here("../fixtures/desktop-app"), project, { recursive: true });
  for (const name of ["protocol", "server", "client", "electron"]) install(name);
}

/** Packs a package as it would be published, and unpacks it where the app finds it. */
function install(name: string): void {
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", shipped], {
      cwd: here(`../../../${name}`),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as [{ filename: string }];
  const target = join(project, "node_modules/@portolan", name);
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", join(shipped, filename), "-C", target, "--strip-components=1"]);
}

/** Runs a build tool of this package in the project. Throws with what it printed. */
export function run(tool: string, program: string, ...args: string[]): void {
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
