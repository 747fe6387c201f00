import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";

const command = fileURLToPath(new URL("../bin/portolan.mjs", import.meta.url));
const contracts = fileURLToPath(new URL("./fixtures/contracts.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "portolan-command-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function portolan(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [command, ...args]);
    return { code: 0, out: stdout, err: stderr };
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

describe("portolan describe and diff", { timeout: 60_000 }, () => {
  it("keep the contract of a release in a file, and exit with 1 when the next one breaks its callers", async () => {
    const file = join(folder, "contract.json");
    expect(await portolan("describe", `${contracts}#released`, "--out", file)).toEqual({ code: 0, out: "", err: "" });
    const same = await portolan("diff", file, `${contracts}#released`);
    expect(same).toEqual({ code: 0, out: "0 breaking, 0 compatible.\n", err: "" });
    const grown = await portolan("diff", file, `${contracts}#grown`);
    expect(grown).toMatchObject({ code: 0, out: expect.stringContaining("compatible   users.add  is new\n") });
    const broken = await portolan("diff", file, `${contracts}#broken`);
    expect(broken.code).toBe(1);
    expect(broken.out.split("\n").filter((line) => line.startsWith("breaking"))).toEqual([
      "breaking     users.all  is a stream now, was a call",
      "breaking     users.get  input.tenant is required now",
      "breaking     users.get  output.name may be null now",
      "breaking     users.remove  is gone",
    ]);
    expect(broken.out).toContain("4 breaking, 0 compatible.");
  });

  it("exit with 0 for what cannot be compared, and with 1 when they are strict", async () => {
    const [before, now] = [`${contracts}#plain`, `${contracts}#plain`];
    expect(await portolan("diff", before, now)).toMatchObject({
      code: 0,
      out: "cannot tell  add  is a plain function: of it nothing but the path is known\n0 breaking, 0 compatible, 1 that cannot be compared.\n",
    });
    expect((await portolan("diff", before, now, "--strict")).code).toBe(1);
  });

  it("exit with 2 and a sentence when they are misused", async () => {
    const junk = join(folder, "junk.json");
    writeFileSync(junk, "{}");
    const typed = join(folder, "api.ts");
    writeFileSync(typed, "export const api: object = {};");
    const cases: readonly (readonly [readonly string[], string])[] = [
      [["diff", contracts], "is no command"],
      [["describe", contracts, "--loud"], "Unknown option '--loud'"],
      [["describe", contracts], `has no default export. Name one: ${contracts}#broken`],
      [["describe", `${contracts}#nobody`], "has no export nobody"],
      [["describe", join(folder, "missing.js")], "cannot be loaded"],
      [["diff", junk, junk], "this is no description of a contract"],
      [["diff", join(folder, "missing.json"), junk], "no such file"],
    ];
    for (const [args, said] of cases) {
      const { code, out, err } = await portolan(...args);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain(said);
    }
    const stripped = await portolan("describe", typed);
    if (stripped.code === 2) expect(stripped.err).toContain("Give the built JavaScript, or use 22.18 or newer.");
    else expect(JSON.parse(stripped.out)).toMatchObject({ procedures: {} });
  });

  it("say what they do, and end also when a module keeps the process busy", async () => {
    expect(await portolan("--help")).toMatchObject({
      code: 0,
      out: expect.stringContaining("portolan diff <old> <new>"),
    });
    expect((await portolan()).code).toBe(2);
    const busy = join(folder, "busy.mjs");
    writeFileSync(busy, "setInterval(() => {}, 1000);\nexport default { add: (a, b) => a + b };\n");
    expect(JSON.parse((await portolan("describe", busy)).out)).toMatchObject({ procedures: { add: { plain: true } } });
  });
});
