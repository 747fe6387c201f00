import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";

const folder = new URL("./readme/", import.meta.url);
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const names = readdirSync(folder).filter((name) => name.endsWith(".ts"));

afterEach(() => vi.restoreAllMocks());

describe("the README", () => {
  it.each(names)("shows %s as it is", (name) => {
    const code = readFileSync(new URL(name, folder), "utf8").replace("../../src/index.ts", "@portolan/protocol");
    expect(readme).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
  });

  it("has no other code", () => {
    expect(readme.match(/^```ts$/gm)).toHaveLength(names.length);
  });

  it.each(names)("says what %s prints", async (name) => {
    const printed: string[] = [];
    vi.spyOn(console, "log").mockImplementation((...parts) => {
      printed.push(parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" "));
    });
    await import(new URL(name, folder).href);
    await vi.waitFor(() => expect(printed).toEqual(promisedBy(name)));
  });
});

/** What the comments behind `console.log` and loops say, in order. */
function promisedBy(name: string): string[] {
  const code = readFileSync(new URL(name, folder), "utf8");
  const said = code.matchAll(/^.*(?:console\.log|for await|await listener).*\/\/ (.*)$/gm);
  return [...said].flatMap(([, text]) => (text as string).split(" · "));
}
