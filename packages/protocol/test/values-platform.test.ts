import { describe, expect, it } from "vitest";
import { openSession } from "../src/session/session.ts";
import { transportPair } from "../src/transport-pair.ts";

describe("a carrier that clones, but no platform objects", () => {
  it("refuses a Blob by its path before anything is sent, and takes it where the trait allows", async () => {
    for (const platformObjects of [false, true]) {
      const [near, far] = transportPair({ traits: { platformObjects } });
      const session = openSession<{ size(value: { deep: Blob[] }): number }>(near);
      const other = openSession(far, { expose: { size: ({ deep }: { deep: Blob[] }) => deep[0]?.size } });
      await session.ready;
      const size = session.remote.size({ deep: [new Blob(["abc"])] });
      if (platformObjects) expect(await size).toBe(3);
      else
        await expect(size).rejects.toMatchObject({
          code: "INVALID_ARGUMENT",
          message: expect.stringContaining("args[0].deep[0]"),
        });
      await session.close();
      await other.closed;
    }
  });
});
