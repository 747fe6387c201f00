/**
 * What a contract of 3 000 procedures costs the compiler, its client included.
 *
 *   node scripts/type-check-cost.mjs                prints time, memory and instantiations, best of three runs
 *   node scripts/type-check-cost.mjs --json         the same as JSON, one run
 *   node scripts/type-check-cost.mjs --procedures 300 --schemas zod
 *
 * `--schemas` is `standard` (a hand-written Standard Schema, so that what is measured is ours) or `zod`.
 * Needs a build: packages are seen by what they publish.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    procedures: { type: "string", default: "3000" },
    schemas: { type: "string", default: "standard" },
    json: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const home = join(root, ".cache", `type-check-cost-${options.schemas}-${options.procedures}`);
const perBranch = 10;
const branches = Math.ceil(Number(options.procedures) / perBranch);

const standardSchema = `import type { StandardSchemaV1 } from "@portolan/server";

export function schema<T>(): StandardSchemaV1<T, T> {
  return { "~standard": { version: 1, vendor: "cost", validate: (value) => ({ value: value as T }) } };
}
`;

const tsconfig = {
  compilerOptions: {
    target: "ES2022",
    lib: ["ES2023", "ESNext.Disposable", "DOM"],
    types: [],
    module: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  },
  include: ["*.ts"],
};

writeProject();
const runs = Array.from({ length: options.json ? 1 : 3 }, measure);
const best = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
if (options.json) console.log(JSON.stringify(best));
else {
  console.log(`${options.procedures} procedures, schemas: ${options.schemas}, best of ${runs.length}`);
  console.log(`  total ${best.seconds} s   memory ${best.megabytes} MB   instantiations ${best.instantiations}`);
}

function measure() {
  const tsc = join(dirname(createRequire(join(root, "package.json")).resolve("typescript/package.json")), "bin", "tsc");
  const result = spawnSync(process.execPath, [tsc, "-p", home, "--extendedDiagnostics", "--singleThreaded"], {
    encoding: "utf8",
  });
  if (result.status !== 0) throw new Error(`the contract does not compile:\n${result.stdout}${result.stderr}`);
  const number = (name) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(result.stdout)?.[1]);
  return {
    seconds: number("Total time"),
    megabytes: Math.round(number("Memory used") / 1024),
    instantiations: number("Instantiations"),
  };
}

function writeProject() {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, "node_modules", "@portolan"), { recursive: true });
  for (const name of ["server", "client"]) {
    symlinkSync(join(root, "packages", name), join(home, "node_modules", "@portolan", name), "dir");
  }
  const zod = dirname(createRequire(join(root, "packages", "server", "package.json")).resolve("zod/package.json"));
  symlinkSync(zod, join(home, "node_modules", "zod"), "dir");
  const write = (name, text) => writeFileSync(join(home, name), text);
  write("package.json", '{ "type": "module" }');
  write("tsconfig.json", JSON.stringify(tsconfig, null, 2));
  if (options.schemas === "standard") write("schema.ts", standardSchema);
  for (let i = 0; i < branches; i++) write(`branch-${i}.ts`, branch(i));
  write("contract.ts", contractOf());
  write("client.ts", clientOf());
}

function branch(number) {
  const zod = options.schemas === "zod";
  const lines = Array.from({ length: perBranch }, (_, i) => {
    const [input, output, data] = zod
      ? [
          `z.object({ id: z.number(), p${i}: z.string() })`,
          `z.object({ b${number}: z.boolean(), name: z.string(), tags: z.array(z.string()) })`,
          "z.object({ id: z.number() })",
        ]
      : [
          `schema<{ id: number; p${i}: string }>()`,
          `schema<{ b${number}: boolean; name: string; tags: string[] }>()`,
          "schema<{ id: number }>()",
        ];
    return `  p${i}: procedure.input(${input}).output(${output}).errors({ NOT_FOUND: ${data} }),`;
  });
  const imports = zod ? 'import { z } from "zod";' : 'import { schema } from "./schema.ts";';
  return `import { procedure } from "@portolan/server";\n${imports}\n\nexport const branch${number} = {\n${lines.join("\n")}\n};\n`;
}

function contractOf() {
  const numbers = Array.from({ length: branches }, (_, i) => i);
  const imports = numbers.map((i) => `import { branch${i} } from "./branch-${i}.ts";`);
  const members = numbers.map((i) => `  branch${i},`);
  return `import { contract } from "@portolan/server";\n${imports.join("\n")}\n\nexport const api = contract({\n${members.join("\n")}\n});\n`;
}

/** One call of each branch. */
function clientOf() {
  const calls = Array.from(
    { length: branches },
    (_, i) => `  ok = (await client.branch${i}.p${i % perBranch}({ id: ${i}, p${i % perBranch}: "" })).b${i};`,
  );
  return `import { createClient, safe } from "@portolan/client";
import type { api } from "./contract.ts";

const client = createClient<typeof api>({} as never);
export let ok: boolean;
export async function use() {
${calls.join("\n")}
  const { error } = await safe(client.branch0.p0({ id: 1, p0: "" }));
  if (error?.code === "NOT_FOUND") return error.data.id;
}
`;
}
