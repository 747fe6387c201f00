import { afterAll, describe, expect, it } from "vitest";
import { runNear, startFar } from "./releases/far-process.ts";
import { type InstalledRelease, previousRelease, releaseOfWire, thisRelease } from "./releases/installed-release.ts";

const previous = previousRelease();
const present = thisRelease();
const later = releaseOfWire(2);

afterAll(() => {
  for (const release of [previous, present, later]) release.remove();
});

const pairs: readonly (readonly [name: string, near: InstalledRelease, far: InstalledRelease])[] = [
  ["a client of the previous release and a server of this one", previous, present],
  ["a client of this release and a server of the previous one", present, previous],
  ["a client and a server of this release", present, present],
];

const scenarios = [
  ...["calls", "values", "large messages", "moved bytes", "callbacks", "streams", "streams as arguments", "pipelining"],
  ...["objects by reference", "errors", "cancel", "notifications", "metadata", "lost connections", "nothing is left"],
];
const passed = Object.fromEntries(scenarios.map((name) => [name, null]));

describe("releases that differ", { timeout: 120_000 }, () => {
  it.each(pairs)("F-31 %s pass the same suite over WebSockets", async (_name, near, far) => {
    const server = await startFar(far.far);
    expect(await runNear(near.near, [server.url])).toEqual(passed);
    await server.stop();
  });

  it.each(pairs)("F-31 %s pass the same suite over a worker thread", async (_name, near, far) => {
    expect(await runNear(near.near, [far.far])).toEqual(passed);
  });
});

const sentence = /protocol version \d.*\d.*update the/;

describe("releases that cannot talk", { timeout: 120_000 }, () => {
  it.each([
    ["a client of a later wire and a server of this release", later, present],
    ["a client of this release and a server of a later wire", present, later],
  ] as const)("F-31 %s say so in a sentence, on both ends, and neither waits", async (_name, near, far) => {
    const server = await startFar(far.far);
    expect(await runNear(near.near, ["mismatch", server.url])).toEqual({
      code: "VERSION_MISMATCH",
      message: expect.stringMatching(sentence),
      delivered: "no",
      state: "closed",
      reason: "VERSION_MISMATCH",
    });
    await server.stop();
    expect(server.failures).toEqual([{ code: "VERSION_MISMATCH", message: expect.stringMatching(sentence) }]);
    expect(await runNear(near.near, ["mismatch", far.far])).toMatchObject({
      code: "VERSION_MISMATCH",
      message: expect.stringMatching(sentence),
    });
  });
});
