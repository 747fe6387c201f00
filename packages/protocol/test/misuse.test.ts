import { describe, expect, it } from "vitest";
import { ndjson, openSession, transportPair } from "../src/index.ts";

describe("options that cannot work", () => {
  it("throw a TypeError and close the transport that nobody else uses", () => {
    const [near] = transportPair({ traits: { carries: "bytes", framed: false } });
    expect(() => openSession(near, { limits: { calls: 0 } })).toThrow(TypeError);
    expect(near.ended).toMatchObject({ code: "OK", by: "local" });
  });

  it("leave a transport open on which another session stands", async () => {
    const [near, far] = transportPair();
    const answering = openSession(far, { expose: { add: (a: number, b: number) => a + b } });
    const session = openSession<{ add(a: number, b: number): number }>(near);
    expect(() => openSession(near)).toThrow("this port has a session already");
    expect(() => openSession(near, { codec: ndjson(), channel: "two", limits: { calls: -1 } })).toThrow(TypeError);
    expect(near.ended).toBeUndefined();
    expect(await (session.remote as { add(a: number, b: number): Promise<number> }).add(1, 2)).toBe(3);
    await session.close();
    await answering.closed;
  });
});
