import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { describe, expect, it } from "vitest";
import { walk } from "../src/walk.ts";
import { tree } from "./tree.ts";

describe("the walk", () => {
  it("finds every file with its size, follows no link, and comes to an end", async () => {
    const folder = tree(
      { "a.txt": "123", "b/c.txt": "", "b/d/e.txt": "12345" },
      { loop: ".", "b/link.txt": "../a.txt", broken: "nowhere" },
    );
    const { files, passedOver, unreadable } = await all(folder);
    expect(files.sort()).toEqual(["a.txt 3", "b/c.txt 0", "b/d/e.txt 5"]);
    expect(passedOver).toBe(3);
    expect(unreadable).toEqual([]);
  });

  it("hands over a large folder in parts", async () => {
    const names = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${index}.txt`, ""]));
    const { files, parts } = await all(tree(names));
    expect(files.length).toBe(1000);
    expect(parts).toBeGreaterThan(3);
  });

  it("reports a folder that it cannot read, and goes on", async () => {
    const { unreadable } = await all("/nowhere/at/all");
    expect(unreadable).toEqual(["ENOENT"]);
  });

  it("says so when a name is no UTF-8", async (context) => {
    if (process.platform !== "linux") context.skip("Only Linux takes file names that are no UTF-8.");
    const folder = tree({});
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x2e])]), "");
    expect((await all(folder)).unreadable).toEqual(["ENAME"]);
  });

  it("stops when it is cancelled", async () => {
    const cancelled = await all(tree({ "a.txt": "" }), AbortSignal.abort());
    expect(cancelled.files).toEqual([]);
  });
});

async function all(folder: string, signal: AbortSignal = new AbortController().signal) {
  const result = { files: [] as string[], unreadable: [] as string[], passedOver: 0, parts: 0 };
  await walk(folder, signal, async (found) => {
    result.parts++;
    result.passedOver += found.passedOver;
    result.unreadable.push(...found.unreadable.map(({ code }) => code));
    for (const { path, size } of found.files) {
      result.files.push(`${relative(folder, path).replaceAll("\\", "/")} ${size}`);
    }
  });
  return result;
}
