import { expect, it } from "vitest";
import { converseAtRandom } from "./interleaving.ts";

it("random interleavings of calls, aborts, deadlines, holds, streams and closes: 10 000 seeds", async () => {
  for (let seed = 1; seed <= 10_000; seed++) await converseAtRandom(seed);
  expect.hasAssertions();
});
