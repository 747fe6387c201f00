import { expect, it } from "vitest";
import { openSession } from "../src/session/session.ts";
import { transportPair } from "../src/transport-pair.ts";

it("two sides that both check who comes do not wait for one another", async () => {
  const [near, far] = transportPair();
  const one = openSession(near, { admit: () => "one" });
  const two = openSession(far, { admit: async () => "two" });
  await Promise.all([one.ready, two.ready]);
  expect([one.state, two.state]).toEqual(["ready", "ready"]);
  await one.close();
  await two.closed;
});
