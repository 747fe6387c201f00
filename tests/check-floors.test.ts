import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("../scripts/check-floors.mjs", import.meta.url));
const built: string[] = [];

afterEach(async () => {
  await Promise.all(built.splice(0).map((folder) => rm(folder, { recursive: true })));
});

describe("the floors", () => {
  test("a house that keeps the rules passes", async () => {
    const { code, output } = await checked({});
    expect(output).toBe("floors: 4 packages, 5 files, 0 complaints\n");
    expect(code).toBe(0);
  });

  const wrong: [title: string, files: Record<string, string>, complaint: string][] = [
    [
      "an import from a floor above",
      { "packages/protocol/src/session.ts": 'import { serve } from "@portolan/server";' },
      "packages/protocol/src/session.ts:1 imports @portolan/server: floor 1 is above floor 0.",
    ],
    [
      "a type import from a floor above",
      { "packages/server/src/serve.ts": '\nimport type { A } from "@portolan/worker-threads";' },
      "packages/server/src/serve.ts:2 imports @portolan/worker-threads: floor 2 is above floor 1.",
    ],
    [
      "a type that is imported where it is used",
      { "packages/protocol/src/session.ts": 'export type A = import("@portolan/client").A;' },
      "packages/protocol/src/session.ts:1 imports @portolan/client: floor 1 is above floor 0.",
    ],
    [
      "server meeting client",
      { "packages/server/src/serve.ts": 'export { createClient } from "@portolan/client";' },
      "packages/server/src/serve.ts:1 imports @portolan/client: floor 1 is its own floor: neighbours never meet.",
    ],
    [
      "client meeting server, by a dynamic import in a test",
      { "packages/client/test/a.test.ts": 'await import("@portolan/server");' },
      "packages/client/test/a.test.ts:1 imports @portolan/server: floor 1 is its own floor: neighbours never meet.",
    ],
    [
      "an adapter that imports server",
      { "packages/worker-threads/src/transport.ts": 'export * from "@portolan/server";' },
      "packages/worker-threads/src/transport.ts:1 imports @portolan/server: adapters know no procedures",
    ],
    [
      "an adapter that depends on client",
      { "packages/worker-threads/package.json": manifest("worker-threads", { dependencies: ["client"] }) },
      "packages/worker-threads/package.json has @portolan/client in dependencies: adapters know no procedures",
    ],
    [
      "protocol with a dependency",
      { "packages/protocol/package.json": '{ "name": "@portolan/protocol", "dependencies": { "ms": "1" } }' },
      "packages/protocol/package.json has ms in dependencies: protocol depends on nothing.",
    ],
    [
      "a package without a floor",
      { "packages/attic/package.json": manifest("attic", {}) },
      "packages/attic/package.json has no floor yet",
    ],
    [
      "an import that the manifest does not name",
      { "packages/client/package.json": manifest("client", {}) },
      "packages/client/src/create-client.ts:1 imports @portolan/protocol: it is not in packages/client/package.json.",
    ],
    [
      "an import past another package's doors",
      { "packages/client/src/a.ts": 'import "@portolan/protocol/dist/session.js";' },
      "packages/client/src/a.ts:1 imports @portolan/protocol/dist/session.js: @portolan/protocol has no such door.",
    ],
    [
      "an import of another package by path",
      { "packages/client/src/a.ts": 'import "../../protocol/src/session.ts";' },
      "packages/client/src/a.ts:1 imports ../../protocol/src/session.ts: another package is imported by its name",
    ],
    [
      "a file that imports its own index.ts",
      { "packages/protocol/src/a.ts": 'import { session } from "./index.ts";' },
      "packages/protocol/src/a.ts:1 imports ./index.ts: files import files, never their own index.ts.",
    ],
    [
      "src that imports from test",
      { "packages/protocol/src/a.ts": 'import "../test/b.ts";', "packages/protocol/test/b.ts": "export {};" },
      "packages/protocol/src/a.ts:1 imports ../test/b.ts: src imports only from src.",
    ],
    [
      "a circle between files",
      {
        "packages/protocol/src/a.ts": 'import "./b.ts";',
        "packages/protocol/src/b.ts": 'import type { C } from "./c.ts";',
        "packages/protocol/src/c.ts": 'export type C = typeof import("./a.ts");',
      },
      "packages/protocol/src/a.ts is in a circle: packages/protocol/src/a.ts → packages/protocol/src/b.ts → packages/protocol/src/c.ts → packages/protocol/src/a.ts.",
    ],
    [
      "a circle between manifests that a dev dependency closes",
      { "packages/protocol/package.json": manifest("protocol", { devDependencies: ["client"] }) },
      "packages/client/package.json is in a circle: @portolan/client → @portolan/protocol → @portolan/client.",
    ],
    [
      "any, wherever a type may stand",
      { "packages/protocol/src/a.ts": "export const a = 1;\nexport const b = a as unknown as Record<string, any[]>;" },
      "packages/protocol/src/a.ts:2 says any",
    ],
    [
      "a file that does not parse",
      { "packages/protocol/src/a.ts": "export const = 1;" },
      "packages/protocol/src/a.ts does not parse: ",
    ],
    [
      "@ts-ignore",
      { "packages/protocol/test/a.test.ts": "// @ts-ignore: because\nexport const a: number = '';" },
      "packages/protocol/test/a.test.ts:1 says @ts-ignore",
    ],
  ];

  test.each(wrong)("%s is refused", async (_title, files, complaint) => {
    const { code, output } = await checked(files);
    expect(output).toContain(complaint);
    expect(code).toBe(1);
  });

  test("any in words, in strings and in tests is no complaint", async () => {
    const { output, code } = await checked({
      "packages/protocol/src/a.ts": '/** any, or @ts-ignore in passing */\nexport const any: string = "as any";',
      "packages/protocol/test/a.test.ts": "export const a: any = 1;",
    });
    expect(output).toContain("0 complaints");
    expect(code).toBe(0);
  });
});

/** Builds a small house that keeps every rule, with `changes` on top, and checks it. */
async function checked(changes: Record<string, string>): Promise<{ code: number; output: string }> {
  const root = await mkdtemp(join(tmpdir(), "portolan-floors-"));
  built.push(root);
  const files = {
    "packages/protocol/package.json": manifest("protocol", {}),
    "packages/protocol/src/index.ts": 'export { session } from "./session.ts";',
    "packages/protocol/src/session.ts": "export const session: number = 1;",
    "packages/server/package.json": manifest("server", { dependencies: ["protocol"] }),
    "packages/server/src/serve.ts":
      'import { session } from "@portolan/protocol";\nexport const serve: number = session;',
    "packages/client/package.json": manifest("client", { dependencies: ["protocol"] }),
    "packages/client/src/create-client.ts": 'export type { Session } from "@portolan/protocol";',
    "packages/worker-threads/package.json": manifest("worker-threads", {
      dependencies: ["protocol"],
      devDependencies: ["server", "client"],
    }),
    "packages/worker-threads/test/a.test.ts": 'import "@portolan/server";\nimport "@portolan/client";',
    ...changes,
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [program, root], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stderr + stdout });
    });
  });
}

type Needs = { dependencies?: string[]; devDependencies?: string[] };

function manifest(name: string, { dependencies = [], devDependencies = [] }: Needs): string {
  const versions = (names: string[]) => Object.fromEntries(names.map((other) => [`@portolan/${other}`, "workspace:^"]));
  return JSON.stringify({
    name: `@portolan/${name}`,
    exports: { ".": "./dist/index.js" },
    dependencies: versions(dependencies),
    devDependencies: versions(devDependencies),
  });
}
