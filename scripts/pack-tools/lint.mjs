/** publint over installed packages: `node lint.mjs <folder of a package> …`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

for (const pkgDir of process.argv.slice(2)) {
  const manifest = JSON.parse(readFileSync(join(pkgDir, "package.json"), "utf8"));
  const { messages } = await publint({ pkgDir, pack: false, strict: true });
  for (const message of messages) {
    console.error(`publint: ${manifest.name}: ${message.type}: ${formatMessage(message, manifest)}`);
    process.exitCode = 1;
  }
}
