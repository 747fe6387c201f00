import { transportPair } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { type MutantName, mutants, runConformance } from "../src/index.ts";

/** Which case finds which defect. */
const finders: Readonly<Record<MutantName, string>> = {
  loses: "each message arrives once and in order, in both directions",
  duplicates: "each message arrives once and in order, in both directions",
  reorders: "each message arrives once and in order, in both directions",
  "swallows close": "what was sent before the close arrives before the end, and the end comes once with a reason",
  "leaks a listener": "a receiver that stopped hears nothing more",
  "answers twice": "each message arrives once and in order, in both directions",
  "delivers after close": "nothing is delivered after close",
  "never drains": "a thousand calls at once are answered",
};

describe("the kit finds a transport that", () => {
  for (const carries of ["clone", "text"] as const) {
    for (const [name, finder] of Object.entries(finders) as [MutantName, string][]) {
      it(`${name} (${carries})`, async () => {
        const connect = (mutant: boolean) => () => {
          const [near, far] = transportPair({ traits: { carries } });
          return { near: mutant ? mutants[name](near) : near, far };
        };
        const only = finder;
        const [healthy] = await runConformance({ connect: connect(false), only });
        expect(healthy?.outcome).toBe("passed");
        const [sick] = await runConformance({ connect: connect(true), only, timeout: 300 });
        expect(sick?.outcome).toBe("failed");
      });
    }
  }
});
