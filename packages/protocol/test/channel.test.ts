import { describe, expect, it } from "vitest";
import { openSession, transportPair } from "../src/index.ts";
import { holding } from "./sessions.ts";

const shared = { traits: { shared: true } };

describe("sessions on a shared carrier", () => {
  it("answer calls that left in the turn in which the session was opened", async () => {
    const [here, there] = transportPair(shared);
    const server = openSession(there, { expose: { add: (a: number, b: number) => a + b } });
    const client = openSession<{ add(a: number, b: number): Promise<number> }>(here);
    // Hello and these calls travel as one batch.
    const sums = await Promise.all([client.remote.add(1, 2), client.remote.add(3, 4), client.remote.add(5, 6)]);
    expect(sums).toEqual([3, 7, 11]);
    await client.close();
    await server.close();
  });

  it("hold the port while any of them is busy, and let go with the last", async () => {
    const [here, there] = transportPair(shared);
    const held: boolean[] = [];
    const counted = holding(here, held);
    const servers = ["a", "b"].map((channel) => openSession(there, { channel, expose: { ping: () => "pong" } }));
    const stays = openSession(counted, { channel: "a", stay: true });
    const idle = openSession<{ ping(): Promise<string> }>(counted, { channel: "b" });
    expect(await idle.remote.ping()).toBe("pong");
    expect(held.at(-1)).toBe(true);
    await idle.close();
    expect(held.at(-1)).toBe(true);
    await stays.close();
    expect(held.at(-1)).toBe(false);
    for (const server of servers) await server.close();
  });
});

describe("channels on carriers of text and bytes", () => {
  for (const traits of [
    { carries: "text" },
    { carries: "bytes", framed: true },
    { carries: "text", maxMessage: 700 },
  ] as const) {
    it(`share one port and leave strangers alone: ${JSON.stringify(traits)}`, async () => {
      const [here, there] = transportPair({ traits });
      const strange: unknown = traits.carries === "text" ? '["portolan",1' : new Uint8Array([91, 34, 112, 10, 255]);
      const ends = ["a", "b"].map((channel) => ({
        server: openSession(there, { channel, expose: { name: () => channel, echo: (value: string) => value } }),
        client: openSession<{ name(): Promise<string>; echo(value: string): Promise<string> }>(here, { channel }),
      }));
      here.send(strange);
      there.send(strange);
      expect(await Promise.all(ends.map(({ client }) => client.remote.name()))).toEqual(["a", "b"]);
      const long = "x".repeat(5000);
      expect(await ends[1]?.client.remote.echo(long)).toBe(long);
      for (const { client, server } of ends) {
        await client.close();
        await server.closed;
      }
      expect([here.ended?.code, there.ended?.code]).toEqual(["OK", "OK"]);
    });
  }

  it("are refused on a stream of bytes without borders, which is closed when nobody else uses it", () => {
    const [here] = transportPair({ traits: { carries: "bytes", framed: false } });
    expect(() => openSession(here, { channel: "a" })).toThrow(/without borders/);
    expect(here.ended).toMatchObject({ code: "OK", by: "local" });
  });
});
