import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const names = ["background.ts", "content.ts"];

it.each(names)("the README shows %s, which compiles, as it is", (name) => {
  const code = readFileSync(new URL(`./readme/${name}`, import.meta.url), "utf8");
  expect(readme).toContain(`\`\`\`ts\n${code.replace("../../src/index.ts", "@portolan/browser-extension")}\`\`\`\n`);
});

it("the README has no other code", () => {
  expect(readme.match(/^```ts$/gm)).toHaveLength(names.length);
});

it("a builder may import the package in Node: nothing of the browser is touched before it is used", async () => {
  const touched: PropertyKey[] = [];
  const trap = new Proxy({}, { get: (_target, key) => touched.push(key) });
  Object.assign(globalThis, { chrome: trap, browser: trap });
  try {
    const { runtimeConnector, runtimeListener } = await import("../src/index.ts");
    runtimeListener({ allow: { pages: true } });
    runtimeConnector().open({});
    expect(touched).toEqual([]);
  } finally {
    Reflect.deleteProperty(globalThis, "chrome");
    Reflect.deleteProperty(globalThis, "browser");
  }
});
