import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import typescript from "typescript-6";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LanguageServer } from "./language-server.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const resolve = createRequire(import.meta.url).resolve;
const home = realpathSync(mkdtempSync(join(tmpdir(), "portolan-editor-")));
const uriOf = (file: string) => pathToFileURL(join(home, file)).href;
const page = readFileSync(join(root, "tests", "fixtures", "editor", "page.ts"), "utf8");
const api = readFileSync(join(root, "tests", "fixtures", "editor", "api.ts"), "utf8");
let server: LanguageServer;

beforeAll(async () => {
  cpSync(join(root, "tests", "fixtures", "editor"), home, { recursive: true });
  mkdirSync(join(home, "node_modules", "@portolan"), { recursive: true });
  for (const name of ["server", "client"]) {
    symlinkSync(join(root, "packages", name), join(home, "node_modules", "@portolan", name), "dir");
  }
  symlinkSync(realpathSync(dirname(resolve("zod/package.json"))), join(home, "node_modules", "zod"), "dir");
  const tsc = join(dirname(resolve("typescript/package.json")), "bin", "tsc");
  server = new LanguageServer(process.execPath, [tsc, "--lsp", "--stdio"], home);
  await server.open(home);
  for (const [file, text] of [
    ["page.ts", page],
    ["api.ts", api],
  ] as const) {
    server.tell("textDocument/didOpen", {
      textDocument: { uri: uriOf(file), languageId: "typescript", version: 1, text },
    });
  }
});

afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

describe("an editor, asked at a call of a client", () => {
  it.each([
    ["client.add", "add: (a"],
    ["users.get", "get: procedure"],
    ["client.users", "users: {"],
    ["counter().add", "add(by"],
  ])("goes from %s to where it is written", async (call, target) => {
    const found = (await server.ask("textDocument/definition", at("page.ts", page, call))) as Location | Location[];
    const [place] = [found].flat();
    expect(place?.uri).toBe(uriOf("api.ts"));
    expect(place?.range.start).toEqual(positionOf(api, target, 0));
  });

  it.each([
    ["client.", ["add", "counter", "users", "close"]],
    ["client.users.", ["get"]],
    ["user.", ["id", "name"]],
  ])("completes %s", async (before, names) => {
    const position = positionOf(page, before, before.length);
    const params = { textDocument: { uri: uriOf("page.ts") }, position };
    const answer = (await server.ask("textDocument/completion", params)) as { items: { label: string }[] };
    const labels = answer.items.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(names));
    expect(labels.filter((label) => label.startsWith("~"))).toEqual([]);
  });
});

// The language server of TypeScript 7.0 shows no documentation on members of any mapped type, `Readonly` included.
describe("an editor with TypeScript 6, asked at a call of a client", () => {
  it.each([
    ["client.add", "Adds two numbers."],
    ["users.get", "Finds a user by id."],
    ["counter().add", "Counts on."],
  ])("shows what is written over %s there", (call, words) => {
    const service = languageService();
    const file = join(home, "page.ts");
    const hover = service.getQuickInfoAtPosition(file, page.indexOf(call) + call.length - 1);
    expect(typescript.displayPartsToString(hover?.documentation)).toBe(words);
    service.dispose();
  });
});

function languageService() {
  const { options, fileNames } = typescript.getParsedCommandLineOfConfigFile(join(home, "tsconfig.json"), undefined, {
    ...typescript.sys,
    onUnRecoverableConfigFileDiagnostic: () => {},
  }) as typescript.ParsedCommandLine;
  const { fileExists, readFile, readDirectory, directoryExists, getDirectories, realpath } = typescript.sys;
  return typescript.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => fileNames,
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => typescript.ScriptSnapshot.fromString(readFile(name) ?? ""),
    getCurrentDirectory: () => home,
    getDefaultLibFileName: (each) => typescript.getDefaultLibFilePath(each),
    fileExists,
    readFile,
    readDirectory,
    directoryExists,
    getDirectories,
    ...(realpath && { realpath }),
  });
}

interface Location {
  readonly uri: string;
  readonly range: { readonly start: object };
}

/** The last letter of `text` in a file. */
function at(file: string, content: string, text: string) {
  return { textDocument: { uri: uriOf(file) }, position: positionOf(content, text, text.length - 1) };
}

function positionOf(content: string, text: string, offset: number) {
  const index = content.indexOf(text);
  expect(index).toBeGreaterThan(-1);
  const before = content.slice(0, index + offset).split("\n");
  return { line: before.length - 1, character: (before.at(-1) as string).length };
}
