import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const tarballs = join(fixtures, "previous-release");
const ourModules = fileURLToPath(new URL("../node_modules/", import.meta.url));

/** A folder in which programs find the packages of one release. */
export interface InstalledRelease {
  /** The program that serves, and the one that calls. */
  readonly far: string;
  readonly near: string;
  remove(): void;
}

/** Its `node_modules`, for whoever changes something there. */
export interface UnpackedRelease extends InstalledRelease {
  readonly modules: string;
}

/** The release whose tarballs are kept, unpacked as npm would. */
export function previousRelease(): UnpackedRelease {
  const release = emptyRelease();
  for (const name of readdirSync(tarballs).filter((file) => file.endsWith(".tgz"))) {
    const folder = join(release.modules, "@portolan", name.replace(/^portolan-(.*)-\d+\.\d+\.\d+.*\.tgz$/, "$1"));
    mkdirSync(folder, { recursive: true });
    execFileSync("tar", ["-xzf", join(tarballs, name), "-C", folder, "--strip-components=1"]);
  }
  return release;
}

/** The packages of this tree, as they are built. */
export function thisRelease(): InstalledRelease {
  const release = emptyRelease();
  for (const name of ["protocol", "server", "client", "websocket", "worker-threads"])
    symlinkSync(
      realpathSync(join(ourModules, "@portolan", name)),
      join(release.modules, "@portolan", name),
      "junction",
    );
  return release;
}

/** The kept release, as if its wire had another version. */
export function releaseOfWire(version: number): InstalledRelease {
  const release = previousRelease();
  const dist = join(release.modules, "@portolan/protocol/dist");
  // Releases before doors became one file each say it in a file of its own.
  const file = join(dist, existsSync(join(dist, "message.js")) ? "message.js" : "index.js");
  const code = readFileSync(file, "utf8");
  const changed = code.replace(/PROTOCOL_VERSION = \d+/, `PROTOCOL_VERSION = ${version}`);
  if (changed === code) throw new Error(`${file} does not say its PROTOCOL_VERSION`);
  writeFileSync(file, changed);
  return release;
}

function emptyRelease(): UnpackedRelease {
  const folder = mkdtempSync(join(tmpdir(), "portolan-release-"));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@portolan"), { recursive: true });
  symlinkSync(realpathSync(join(ourModules, "ws")), join(modules, "ws"), "junction");
  for (const name of ["release-far.mjs", "release-near.mjs"]) cpSync(join(fixtures, name), join(folder, name));
  return {
    modules,
    far: join(folder, "release-far.mjs"),
    near: join(folder, "release-near.mjs"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
