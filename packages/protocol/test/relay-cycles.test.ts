import { expect, it } from "vitest";
import { relay } from "../src/relay.ts";
import { openSession } from "../src/session/session.ts";
import { transportPair } from "../src/transport-pair.ts";

it("a relay passes on values that hold themselves in many places, in no time", async () => {
  const [near, left] = transportPair();
  const [right, far] = transportPair();
  relay(left, right);
  const other = openSession(far, { expose: { echo: (value: unknown) => value } });
  const session = openSession<{ echo(value: unknown): unknown }>(near);
  await Promise.all([session.ready, other.ready]);
  const tangle: Record<string, unknown>[] = Array.from({ length: 20 }, () => ({}));
  for (const knot of tangle) for (const [index, each] of tangle.entries()) knot[index] = each;
  const back = (await session.remote.echo(tangle[0])) as Record<string, Record<string, unknown>>;
  expect(back[1]?.[0]).toBe(back);
  await session.close();
  await other.closed;
});
