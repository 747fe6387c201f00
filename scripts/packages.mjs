/** The packages that are published, and their tarballs. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pnpm, root } from "./pnpm.mjs";

/**
 * @typedef {{ name: string, folder: string, manifest: Record<string, unknown> }} PublicPackage
 * @param {string} [repository] another checkout than this one
 * @returns {PublicPackage[]} dependencies before those who need them
 */
export function publicPackages(repository = root) {
  const found = new Map();
  for (const folder of readdirSync(join(repository, "packages")).map((name) => join(repository, "packages", name))) {
    if (!existsSync(join(folder, "package.json"))) continue;
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (!manifest.private) found.set(manifest.name, { name: manifest.name, folder, manifest });
  }
  const ordered = new Set();
  for (const each of found.values()) addAfterDependencies(each);
  return [...ordered];

  function addAfterDependencies(each) {
    for (const dependency of Object.keys(each.manifest.dependencies ?? {})) {
      if (found.has(dependency)) addAfterDependencies(found.get(dependency));
    }
    ordered.add(each);
  }
}

/**
 * Packs one built package. Throws when its `dist` holds files that no source makes any more.
 * @param {PublicPackage} each
 * @param {string} destination
 * @returns {Promise<string>} the path of the tarball
 */
export async function pack({ name, folder }, destination) {
  const orphans = orphansIn(folder);
  if (orphans.length > 0)
    throw new Error(`${name}: dist holds files without a source: ${orphans.join(", ")}. Delete dist and build again.`);
  const answer = await pnpm(["pack", "--json", "--pack-destination", destination], { cwd: folder });
  return JSON.parse(answer).filename;
}

function orphansIn(folder) {
  const dist = join(folder, "dist");
  if (!existsSync(dist)) throw new Error(`${folder} is not built.`);
  return readdirSync(dist, { recursive: true })
    .filter((file) => statSync(join(dist, file)).isFile() && /\.(js|d\.ts)$/.test(file))
    .filter(
      (file) =>
        !existsSync(join(folder, "src", file.replace(/\.(js|d\.ts)$/, ".ts"))) &&
        !existsSync(join(folder, "src", file)),
    );
}
