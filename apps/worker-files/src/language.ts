import { basename, extname } from "node:path";

/** Says in which language a file is written, by its name, or else by the `#!` of its first line. */
export function languageOf(path: string, firstLine: string): string {
  const name = basename(path).toLowerCase();
  return byName.get(name) ?? byExtension.get(extname(name)) ?? interpreterOf(firstLine) ?? "other";
}

// As in `#!/bin/sh -e` and `#!/usr/bin/env -S node --flag`.
function interpreterOf(firstLine: string): string | undefined {
  if (!firstLine.startsWith("#!")) return undefined;
  const words = firstLine.slice(2).trim().split(/\s+/);
  const first = basename(words[0] ?? "");
  const program = first === "env" ? words.slice(1).find((word) => !/^-|=/.test(word)) : first;
  return byInterpreter.get(basename(program ?? "").replace(/[\d.]+$/, ""));
}

const byExtension = table({
  Assembly: ".asm .s",
  C: ".c .h",
  "C#": ".cs",
  "C++": ".cc .cpp .cxx .hh .hpp .hxx",
  Clojure: ".clj .cljs",
  CSS: ".css .less .sass .scss",
  CSV: ".csv .tsv",
  Dart: ".dart",
  Elixir: ".ex .exs",
  Erlang: ".erl .hrl",
  Go: ".go",
  Haskell: ".hs",
  HTML: ".htm .html .xhtml",
  INI: ".cfg .conf .ini .properties",
  Java: ".java",
  JavaScript: ".cjs .js .jsx .mjs",
  JSON: ".json .json5 .jsonc .jsonl .map .webmanifest",
  Kotlin: ".kt .kts",
  Lua: ".lua",
  Markdown: ".markdown .md .mdx",
  "Objective-C": ".m .mm",
  Perl: ".pl .pm",
  PHP: ".php",
  Python: ".py .pyi",
  R: ".r",
  Ruby: ".rb",
  Rust: ".rs",
  Scala: ".scala",
  Shell: ".bash .fish .sh .zsh",
  SQL: ".sql",
  Svelte: ".svelte",
  SVG: ".svg",
  Swift: ".swift",
  TeX: ".sty .tex",
  text: ".log .rst .txt",
  TOML: ".toml",
  TypeScript: ".cts .mts .ts .tsx",
  Vue: ".vue",
  WebAssembly: ".wast .wat",
  XML: ".plist .xml .xsd .xsl",
  YAML: ".yaml .yml",
  Zig: ".zig",
});

const byName = table({
  CMake: "cmakelists.txt",
  Docker: "dockerfile",
  INI: ".editorconfig .npmrc",
  Make: "gnumakefile makefile",
  text: ".gitattributes .gitignore .npmignore authors changelog changes copying license notice readme",
});

const byInterpreter = table({
  JavaScript: "bun deno node",
  Lua: "lua",
  Perl: "perl",
  PHP: "php",
  Python: "python",
  Ruby: "ruby",
  Shell: "bash dash ksh sh zsh",
});

function table(names: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(names).flatMap(([language, keys]) => keys.split(" ").map((key) => [key, language])));
}
