import { describe, expect, it } from "vitest";
import { relay } from "../src/relay.ts";
import { openSession } from "../src/session/session.ts";
import { transfer } from "../src/transfer.ts";
import type { Transport } from "../src/transport.ts";
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

  it("refuses it also at the far end of a relay, in calls and answers, and the relay lives on", async () => {
    // As a thread behind Electron's main process has it: its own port clones a Blob, the page's port loses it.
    const [page, pageEnd] = transportPair({ traits: { platformObjects: false } });
    const [threadEnd, thread] = transportPair();
    const joined = relay(pageEnd, threadEnd);
    const api = { give: (): unknown => ({ deep: [new Blob(["abc"])] }), add: (a: number, b: number) => a + b };
    const far = openSession<{ take(value: unknown): void }>(thread, { expose: api, onError: () => {} });
    const near = openSession<typeof api>(page, { expose: { take: () => {} } });
    const refused = {
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(/args\[0\]\[0\] cannot cross: (it|a Blob) cannot pass/),
    };
    // At once, before the page has said hello: what only clones carry waits until the way is known.
    await expect(far.remote.take([new Blob(["abc"])])).rejects.toMatchObject(refused);
    await expect(near.remote.give()).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("result.deep[0] cannot cross"),
    });
    expect(await near.remote.add(1, 2)).toBe(3);
    expect(near.stats()).toMatchObject({ calls: { inFlight: 0, open: 0 } });
    await near.close();
    await joined.closed;
    await far.closed;
  });

  it("lets a port that is moved pass, also before hello", async () => {
    const [near, nearEnd] = transportPair();
    const [farEnd, far] = transportPair({ traits: { platformObjects: false } });
    const joined = relay(nearEnd, farEnd);
    const session = openSession<{ take(port: object): string }>(near);
    const other = openSession(far, { expose: { take: (port: object) => port.constructor.name } });
    const { port1, port2 } = new MessageChannel();
    expect(await session.remote.take(transfer(port2))).toBe("MessagePort");
    port1.close();
    await session.close();
    await joined.closed;
    await other.closed;
  });

  it("is found on either side of a relay that knows of it alone", async () => {
    const [near, nearEnd] = transportPair();
    const [farEnd, far] = transportPair();
    const joined = relay(narrowed(nearEnd), farEnd);
    const session = openSession<{ size(value: Blob): number }>(near);
    const other = openSession(far, { expose: { size: ({ size }: Blob) => size } });
    await expect(session.remote.size(new Blob(["abc"]))).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await session.close();
    await joined.closed;
    await other.closed;
  });
});

/** The same transport, which knows of itself that it loses platform objects. */
function narrowed(transport: Transport): Transport {
  return new Proxy(transport, {
    get(target, key) {
      if (key === "traits") return { ...target.traits, platformObjects: false };
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
