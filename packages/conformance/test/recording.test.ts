import { openSession, type Traits, transportPair } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { chaos, record, replay, serveConformance, tapeFromText, tapeToText } from "../src/index.ts";

interface Api {
  add(a: number, b: number): Promise<number>;
  echo(value: unknown): Promise<unknown>;
  callBack(callback: (n: number) => number, n: number): Promise<number>;
}

const value = { when: new Date(5), big: 12n, map: new Map([[1, new Uint8Array([1, 2])]]), $: [undefined, -0] };

async function talk(remote: Api): Promise<unknown[]> {
  return [await remote.add(1, 2), await remote.echo(value), await remote.callBack((n) => n + 1, 1)];
}

describe("a recorded conversation", () => {
  const carriers: readonly Partial<Traits>[] = [
    { carries: "clone" },
    { carries: "clone", shared: true },
    { carries: "text" },
    { carries: "bytes", framed: false },
  ];
  for (const traits of carriers) {
    it(`plays again without its other side, also from text: ${JSON.stringify(traits)}`, async () => {
      const [near, far] = transportPair({ traits });
      const server = serveConformance(far);
      const { transport, tape } = record(near);
      const session = openSession<Api>(transport);
      const then = await talk(session.remote);
      await session.close();
      await server.close();

      const text = tapeToText(tape);
      const again = replay(tapeFromText(text));
      const second = openSession<Api>(again.transport);
      expect(await talk(second.remote)).toEqual(then);
      await again.done;
      await second.close();
      expect(second.stats().calls.inFlight).toBe(0);
    });
  }
});

describe("chaos", () => {
  it("does the same again for the same seed, and something else for another", async () => {
    const events = async (seed: number): Promise<string> => {
      const [near, far] = transportPair({ traits: { carries: "text" } });
      const seen: string[] = [];
      const unlucky = chaos(near, {
        seed,
        drop: 0.1,
        duplicate: 0.1,
        reorder: 0.1,
        throwOnSend: 0.1,
        onEvent: ({ what, message }) => seen.push(`${what} ${message}`),
      });
      unlucky.receive(() => {});
      for (let n = 0; n < 100; n++) {
        far.send(String(n));
        try {
          unlucky.send(String(n));
        } catch {
          // One of those that it refuses.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
      unlucky.close();
      return seen.join(", ");
    };
    const first = await events(7);
    expect(first).toMatch(/dropped/);
    expect(await events(7)).toBe(first);
    expect(await events(8)).not.toBe(first);
  });

  it("cuts a text and ends, and everyone hears of it", async () => {
    const [near, far] = transportPair({ traits: { carries: "text" } });
    const cut = chaos(near, { truncate: 1 });
    const session = openSession<Api>(cut, { onError: () => {} });
    const server = serveConformance(far);
    await expect(session.remote.add(1, 2)).rejects.toMatchObject({
      code: expect.stringMatching(/UNAVAILABLE|PROTOCOL_ERROR/),
    });
    await session.closed;
    await server.close();
    expect(far.ended).toBeDefined();
  });
});
