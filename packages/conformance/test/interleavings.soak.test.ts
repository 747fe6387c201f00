import fc from "fast-check";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { plans, runPlan } from "./interleavings.ts";

const fake = ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] as const;

describe("ten thousand interleavings", () => {
  beforeAll(() => void vi.useFakeTimers({ toFake: [...fake] }));
  afterAll(() => void vi.useRealTimers());

  it("settle each call once, run each handler at most once, and leave nothing: with a fixed seed", async () => {
    await fc.assert(fc.asyncProperty(plans, runPlan), { numRuns: 5000, seed: 20_261_120 });
  });

  it("and with a random one", async () => {
    await fc.assert(fc.asyncProperty(plans, runPlan), { numRuns: 5000 });
  });
});
