/** The packages that are published, and their tarballs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
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
export async function pack(each, destination) {
  const { name, folder } = each;
  const orphans = orphansIn(each);
  if (orphans.length > 0)
    throw new Error(`${name}: dist holds files without a source: ${orphans.join(", ")}. Delete dist and build again.`);
  const answer = await pnpm(["pack", "--json", "--pack-destination", destination], { cwd: folder });
  return JSON.parse(answer).filename;
}

// A script belongs to a door, to what doors share, or to no one; a declaration to the source of its name.
function orphansIn({ folder, manifest }) {
  const dist = join(folder, "dist");
  if (!existsSync(dist)) throw new Error(`${folder} is not built.`);
  const doors = JSON.stringify(manifest.exports);
  return readdirSync(dist, { recursive: true })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) =>
      /\.c?js$/.test(file)
        ? !file.startsWith("shared/") && !doors.includes(`"./dist/${file}"`)
        : /\.d\.c?ts$/.test(file) && !existsSync(join(folder, "src", file.replace(/\.d\.(c?ts)$/, ".$1"))),
    );
}
