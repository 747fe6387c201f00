/**
 * Bun or Deno for the tests: prints the folder that holds the binary.
 * `"$(node scripts/fetch-runtimes.mjs bun)/bun" run file.ts`
 */
import { printFolder, unpackedFolder } from "./npm-tarball.mjs";

/** @type {Map<string, import("./npm-tarball.mjs").Pin>} */
const pins = new Map([
  [
    "bun",
    {
      name: "@oven/bun-linux-x64",
      version: "1.4.4",
      integrity: "sha512-CHbbkmHVM28T1GFq+6GL4Ao4ujwwYwj1CxFFwEFzLanPfNsId9AhbIP0Q4reWuWBkGimUkoQygrK7Rgjtj3vog==",
      folder: "package/bin",
      into: "bun/1.4.4",
      executables: ["bun"],
    },
  ],
  [
    "deno",
    {
      name: "@deno/linux-x64-glibc",
      version: "2.9.6",
      integrity: "sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==",
      folder: "package",
      into: "deno/2.9.6",
      executables: ["deno"],
    },
  ],
]);

printFolder(() => {
  const name = process.argv[2] ?? "";
  const pin = pins.get(name);
  if (pin === undefined)
    throw new Error(`usage: node scripts/fetch-runtimes.mjs <${[...pins.keys()].join("|")}>, got "${name}".`);
  return unpackedFolder(pin);
});
