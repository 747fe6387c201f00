/** An empty folder with the packed tarballs in it, as users have them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pack } from "./packages.mjs";
import { run } from "./pnpm.mjs";

/**
 * Packs packages and installs all tarballs at once.
 * @param {import("./packages.mjs").PublicPackage[]} packages
 * @param {string} folder an empty one
 * @returns {Promise<string[]>} the paths of the tarballs
 */
export async function installPacked(packages, folder) {
  const made = await Promise.all(packages.map((each) => pack(each, folder)));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "someone", private: true, type: "module" }));
  await run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", ...made], {
    cwd: folder,
  });
  writeElectronStandIn(folder);
  return made;
}

/**
 * What users can import of a package.
 * @param {import("./packages.mjs").PublicPackage} each
 * @returns {string[]} specifiers
 */
export function doorsOf({ name, manifest }) {
  return Object.keys(manifest.exports)
    .filter((door) => door !== "./package.json")
    .map((door) => name + door.slice(1));
}

// Electron gives its module only to its own processes; here its names are enough.
function writeElectronStandIn(folder) {
  const names = [
    "app",
    "BrowserWindow",
    "contextBridge",
    "ipcMain",
    "ipcRenderer",
    "MessageChannelMain",
    "session",
    "utilityProcess",
    "webContents",
  ];
  const place = join(folder, "node_modules/electron");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), '{ "name": "electron", "version": "0.0.0" }');
  writeFileSync(join(place, "index.js"), names.map((name) => `exports.${name} = {};`).join("\n"));
}
