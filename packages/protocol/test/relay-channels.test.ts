import { describe, expect, it } from "vitest";
import { openSession, relay, transportPair } from "../src/index.ts";

describe("a relay between a trusted and an untrusted carrier of text", () => {
  for (const channel of [undefined, "named"]) {
    it(`narrows trust ${channel ? "on a channel" : "without channels"}: errors stay where they are`, async () => {
      const [near, nearEnd] = transportPair({ traits: { carries: "text", trusted: true } });
      const [farEnd, far] = transportPair({ traits: { carries: "text", trusted: false } });
      const joined = relay(nearEnd, farEnd);
      const named = channel ? { channel } : {};
      const fail = () => {
        throw new RangeError("a secret");
      };
      // The trusted end must not take the other for trusted.
      const server = openSession(near, { ...named, expose: { fail }, onError: () => {} });
      const client = openSession<{ fail(): Promise<never> }>(far, named);
      const error = await client.remote.fail().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "INTERNAL" });
      expect(String(error)).not.toMatch(/secret/);
      await client.close();
      await server.closed;
      await joined.closed;
    });
  }
});
