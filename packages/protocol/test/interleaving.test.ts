import { expect, it } from "vitest";
import { converseAtRandom } from "./interleaving.ts";

it("random interleavings of calls, aborts, deadlines, holds, streams and closes: 300 seeds", async () => {
  for (let seed = 1; seed <= 300; seed++) await converseAtRandom(seed);
  expect.hasAssertions();
}, 60_000);
