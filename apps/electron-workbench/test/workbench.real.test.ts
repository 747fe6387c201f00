import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createPackage } from "@electron/asar";
import { afterAll, beforeAll, beforeEach, describe, expect, it, type TestContext } from "vitest";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// PORTOLAN_SHOTS=1 renews the pictures of the documentation; otherwise they are only looked at.
const renew = process.env["PORTOLAN_SHOTS"] === "1";
const shots = renew ? here("../../../docs/shots") : mkdtempSync(join(tmpdir(), "portolan-shots-"));

beforeAll(() => promisify(execFile)(process.execPath, [here("../build.mjs")]).then(() => {}), 180_000);
afterAll(() => renew || rmSync(shots, { recursive: true }));

describe.each(["42.0.0", "38.3.0"])("the workbench in Electron %s", (version) => {
  const electron = programOf(version);
  let seen: Record<string, unknown> = {};
  let output = "";
  const start = async (): Promise<void> => {
    if (electron === undefined) return;
    output = await run(electron);
    seen = JSON.parse(/^@seen (.*)$/m.exec(output)?.[1] ?? "{}");
  };
  beforeAll(start, 180_000);
  // A test that is tried again (in CI) looks at another run, the last one would say the same: twice at most.
  let runsLeft = 2;
  beforeEach(({ task }) => (task.result?.retryCount && runsLeft-- > 0 ? start() : undefined), 180_000);

  const needed = (context: TestContext): void => {
    if (electron === undefined) {
      context.skip(`Electron ${version} is not here: node scripts/fetch-electron.mjs ${version} fetches it.`);
    }
    expect(output).toContain("@seen");
  };

  it("G-03 G-20 a page sets the title of its window", (context) => {
    needed(context);
    expect(seen["title"]).toBe("Passage to Candia · Portolan workbench");
  });

  it("G-06 G-20 a page asks main for a file, and gets its text", (context) => {
    needed(context);
    expect(seen["opened"]).toMatch(/^# Portolan/);
  });

  it("G-11 G-15 G-20 the native menu changes the page, and its label tells what the page answered", (context) => {
    needed(context);
    expect(seen["sizes"]).toEqual(["Size: 16 px", "Size: 17 px", "Size: 16 px"]);
  });

  it("G-16 G-20 M-13 a second window takes the document over a direct link, and its edits come back", (context) => {
    needed(context);
    expect(seen["shared"]).toBe(seen["opened"]);
    expect([seen["back"], seen["alone"]]).toEqual(["Passage to Candia, by night", "alone"]);
  });

  it("M-01 M-14 a utility process indexes with live progress, and stops when it is cancelled", (context) => {
    needed(context);
    expect(seen["cancelled"]).toMatch(/^Cancelled after \d+ files\.$/);
    expect(seen["indexed"]).toMatch(/^\d+ files, [\d,]+ lines$/);
  });

  it("M-19 a thread behind main draws the thumbnails", (context) => {
    needed(context);
    expect(seen["drawn"]).toBeGreaterThan(5);
  });

  it("the same app runs from an .asar, with nothing else beside it", async (context) => {
    needed(context);
    const folder = mkdtempSync(join(tmpdir(), "portolan-asar-"));
    try {
      const [app, archive] = [join(folder, "app"), join(folder, "app.asar")];
      cpSync(here("../dist"), app, { recursive: true });
      writeFileSync(join(app, "package.json"), JSON.stringify({ main: "end-to-end.mjs", type: "module" }));
      await createPackage(app, archive);
      const packed = await run(electron as string, archive);
      expect(packed).toContain("@seen");
      expect(packed).toContain('"alone":"alone"');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 180_000);

  it("the panel lists the messages as they pass", (context) => {
    needed(context);
    expect(seen["log"]).toEqual(expect.arrayContaining(["call", "hello", "notify", "resolve"]));
  });

  it("the pictures show the app, light and dark", (context) => {
    needed(context);
    const [light, dark] = ["light", "dark"].map((theme) =>
      readFileSync(join(shots, `electron-workbench-${theme}.png`)),
    );
    expect(light?.length).toBeGreaterThan(30_000);
    expect(dark?.equals(light as Uint8Array)).toBe(false);
  });
});

/** As scripts/fetch-electron.mjs has put it, or as the variable says. */
function programOf(version: string): string | undefined {
  const named = process.env[version === "42.0.0" ? "ELECTRON_OVERRIDE_DIST_PATH" : "ELECTRON_OLDEST_DIST_PATH"];
  const folders = [named, here(`../../../.cache/electron/${version}`)];
  return folders.map((folder) => join(folder ?? "", "electron")).find((path) => existsSync(path));
}

function run(electron: string, app = here("../dist/end-to-end.mjs")): Promise<string> {
  const command = [electron, "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", app];
  const screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24"];
  const [program = "", ...args] = process.env["DISPLAY"] ? command : [...screen, ...command];
  const env = {
    ...process.env,
    PORTOLAN_WORKBENCH_SHOTS: shots,
    PORTOLAN_WORKBENCH_FILE: here("../../../README.md"),
    PORTOLAN_WORKBENCH_FOLDER: here("../../../packages/protocol/src"),
  };
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const timer = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), 160_000);
  return new Promise((done) => {
    child.once("error", (error) => done(String(error)));
    child.once("close", () => {
      clearTimeout(timer);
      done(output);
    });
  });
}
