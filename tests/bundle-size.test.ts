import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";

/**
 * What a page pays, in bytes after minifying and gzip. The ceilings are what it is
 * today: they go down, and up only with a reason in the commit.
 */
const ceilings: Record<string, { readonly code: string; readonly bytes: number }> = {
  "a transport alone": {
    code: `export { defineTransport } from "@portolan/protocol";`,
    // With doors of one file each, what marks a class on its prototype stays: 155 bytes.
    bytes: 1650,
  },
  "a session": {
    code: `export { openSession } from "@portolan/protocol";`,
    bytes: 38_800,
  },
  "a client over a port": {
    code: `export { createClient } from "@portolan/client"; export { portTransport } from "@portolan/worker-threads";`,
    bytes: 41_050,
  },
  "client and server over a port": {
    code: `export { createClient } from "@portolan/client"; export { serve } from "@portolan/server";
      export { portTransport } from "@portolan/worker-threads";`,
    bytes: 42_500,
  },
};

describe("the size of a bundle", () => {
  it.each(Object.entries(ceilings))("of %s is within its budget", async (_name, { code, bytes }) => {
    const size = gzipSync(await bundle(code), { level: 9 }).length;
    expect(size).toBeLessThanOrEqual(bytes);
  });
});

async function bundle(code: string): Promise<string> {
  const entry = fileURLToPath(new URL("./entry.js", import.meta.url));
  const built = await rolldown({
    input: entry,
    platform: "browser",
    external: /^node:/,
    plugins: [
      { name: "entry", resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? code : null) },
    ],
  });
  const { output } = await built.generate({ format: "es", minify: true });
  await built.close();
  return output[0].code;
}
