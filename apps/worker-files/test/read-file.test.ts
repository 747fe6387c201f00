import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { languageOf } from "../src/language.ts";
import { type Outcome, readFile } from "../src/read-file.ts";
import { tree } from "./tree.ts";

describe("reading a file", () => {
  it("gives its size, its SHA-256, its language and its lines", () => {
    const content = "const a = 1;\nconst b = 2;\n";
    const folder = tree({ "a.ts": content });
    expect(read(join(folder, "a.ts"))).toEqual({
      ok: true,
      path: join(folder, "a.ts"),
      size: content.length,
      digest: createHash("sha256").update(content).digest("base64"),
      language: "TypeScript",
      lines: 2,
    });
  });

  it.each([
    ["nothing", "", 0],
    ["a last line without an end", "one\ntwo", 2],
    ["empty lines", "\n\n\n", 3],
    ["Windows line ends", "one\r\ntwo\r\n", 2],
  ])("counts the lines of %s", (_name, content, lines) => {
    expect(read(join(tree({ "a.txt": content }), "a.txt"))).toMatchObject({ lines });
  });

  it("counts no lines in what holds NUL, whatever its name", () => {
    const folder = tree({ "a.js": Buffer.from([10, 0, 10]) });
    expect(read(join(folder, "a.js"))).toMatchObject({ language: "binary", lines: 0, size: 3 });
  });

  it("yields each piece of a large file, so that the caller may pause", () => {
    const content = Buffer.alloc(1_000_000, "line\n");
    const path = join(tree({ "large.txt": content }), "large.txt");
    const steps = [...readFile(path)];
    const pieces = steps.filter((step) => typeof step === "number");
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBe(content.length);
    const digest = createHash("sha256").update(content).digest("base64");
    expect(steps.at(-1)).toMatchObject({ lines: 200_000, digest, size: 1_000_000 });
  });

  it("says why what has vanished, is a folder or is a link now was not read", () => {
    const folder = tree({ "a.txt": "a" }, { link: "a.txt" });
    mkdirSync(join(folder, "now-a-folder"));
    const codes = ["gone.txt", "a.txt/below", "now-a-folder", "link"].map((name) => read(join(folder, name)));
    expect(codes.map((outcome) => !outcome.ok && outcome.code)).toEqual(["ENOENT", "ENOTDIR", "ENOTFILE", "ELOOP"]);
  });
});

describe("the language of a file", () => {
  it.each([
    ["a.mjs", "", "JavaScript"],
    ["A.TSX", "", "TypeScript"],
    ["Makefile", "", "Make"],
    ["LICENSE", "", "text"],
    ["run", "#!/usr/bin/env node", "JavaScript"],
    ["run", "#!/usr/bin/env -S node --flag", "JavaScript"],
    ["run", "#!/bin/sh", "Shell"],
    ["run", "#! /usr/bin/python3.11 -u", "Python"],
    ["run", "#!/opt/unknown", "other"],
    ["photo.unknown", "", "other"],
  ])("%s beginning with '%s' is %s", (path, firstLine, language) => {
    expect(languageOf(path, firstLine)).toBe(language);
  });
});

function read(path: string): Outcome {
  const last = [...readFile(path)].at(-1);
  if (typeof last !== "object") throw new Error("no outcome");
  return last;
}
