import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";

const examples = ["server", "client"].map((name) => {
  const folder = new URL(`./readme/${name}/`, import.meta.url);
  const readme = readFileSync(new URL(`../packages/${name}/README.md`, import.meta.url), "utf8");
  const files = readdirSync(folder).map((file) => {
    const url = new URL(file, folder);
    return { file, url, code: readFileSync(url, "utf8") };
  });
  return { name, readme, files };
});

afterEach(() => vi.restoreAllMocks());

describe.each(examples)("the README of $name", ({ readme, files }) => {
  it.each(files)("shows $file as it is", ({ code }) => {
    expect(readme).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
  });

  it("has no other code", () => {
    expect(readme.match(/^```ts$/gm)).toHaveLength(files.length);
  });

  it.each(files)("says what $file prints", async ({ url, code }) => {
    const printed: string[] = [];
    vi.spyOn(console, "log").mockImplementation((...parts) => {
      printed.push(parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" "));
    });
    await import(url.href);
    const said = code.matchAll(/^.*console\.log.*\/\/ (.*)$/gm);
    expect(printed.filter((line) => line !== "fire and forget")).toEqual(
      [...said].flatMap(([, text]) => (text as string).split(" · ")),
    );
  });
});
