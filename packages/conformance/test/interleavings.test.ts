import fc from "fast-check";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { plans, runPlan } from "./interleavings.ts";

const fake = ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] as const;

describe("whatever calls, aborts, deadlines, streams, holds and ends come together", () => {
  beforeAll(() => void vi.useFakeTimers({ toFake: [...fake] }));
  afterAll(() => void vi.useRealTimers());

  it("each call settles once, each handler runs at most once, and nothing is left", async () => {
    await fc.assert(fc.asyncProperty(plans, runPlan), { numRuns: 300 });
  }, 60_000);
});
