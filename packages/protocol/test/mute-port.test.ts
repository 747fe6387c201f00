import { expect, it } from "vitest";
import { openSession } from "../src/session/session.ts";
import type { Transport } from "../src/transport.ts";
import { transportPair } from "../src/transport-pair.ts";

it("a port that refuses every message ends its session instead of being asked for ever", async () => {
  const [near, far] = transportPair();
  let mute = false;
  const muted = new Proxy<Transport>(far, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key !== "send") return typeof value === "function" ? value.bind(target) : value;
      return (message: unknown) => {
        if (mute) throw new Error("gone");
        target.send(message);
      };
    },
  });
  const session = openSession<{ answer(): number }>(near);
  const reports: unknown[] = [];
  const other = openSession(muted, { expose: { answer: () => 42 }, onError: (error) => reports.push(error) });
  await Promise.all([session.ready, other.ready]);
  expect(await session.remote.answer()).toBe(42);
  mute = true;
  await expect(session.remote.answer()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await other.closed).toMatchObject({ code: "UNAVAILABLE", message: "nothing can be sent any more" });
  expect(reports).toHaveLength(1);
});
