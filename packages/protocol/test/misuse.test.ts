import { describe, expect, it } from "vitest";
import { defineConnector, json, ndjson, openSession, relay, tap, transportPair } from "../src/index.ts";

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

describe("what is no transport", () => {
  it("is refused by what it is, with what to do of it", () => {
    const { port1 } = new MessageChannel();
    const isPort = "expected a Transport, got MessagePort: make one of it, such as portTransport(port)";
    expect(() => openSession(port1 as never)).toThrow(new TypeError(isPort));
    expect(() => openSession(Promise.resolve(port1) as never)).toThrow("expected a Transport, got Promise");
    for (const nothing of [undefined, null, 5, "ws://here"]) {
      const message = `expected a Transport, got ${nothing}`;
      expect(() => openSession(nothing as never)).toThrow(new TypeError(message));
      expect(() => tap(nothing as never)).toThrow(new TypeError(message));
      expect(() => relay(nothing as never, nothing as never)).toThrow(TypeError);
    }
    port1.close();
  });

  it("ends a connector that dials it, and a connector needs a function", async () => {
    let dials = 0;
    const source = defineConnector(() => {
      dials++;
      return {} as never;
    });
    const open = source.open({});
    await expect(open.session()).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "expected a dial that gives a Transport, got Object",
    });
    expect([dials, open.status.state]).toEqual([1, "closed"]);
    expect(() => defineConnector(transportPair()[0] as never)).toThrow("expected a function that dials");
  });
});

describe("options that would be passed over", () => {
  const refusals: [options: object, message: string][] = [
    [{ onerror: () => {} }, 'unknown option "onerror": did you mean "onError"?'],
    [{ limit: {} }, 'unknown option "limit": did you mean "limits"?'],
    [{ heartbeat: { interval: Number.NaN } }, "expected heartbeat to be milliseconds, got NaN"],
    [{ interceptors: [() => {}] }, "expected interceptors to be { outgoing: [], incoming: [] }"],
    [{ interceptors: { incoming: () => {} } }, "expected interceptors to be"],
    [{ codec: json }, "expected a codec as json() makes one: call it"],
  ];

  it.each(refusals)("are a TypeError: %o", (options, message) => {
    const [near] = transportPair();
    expect(() => openSession(near, options as never)).toThrow(TypeError);
    expect(() => openSession(transportPair()[0], options as never)).toThrow(message);
    expect(near.ended).toMatchObject({ code: "OK" });
  });

  it("are left alone when they are like none: they may be for somebody else", async () => {
    const [near, far] = transportPair();
    const sessions = [openSession(near, { flavour: "salt", context: 1 } as never), openSession(far)];
    await sessions[0]?.ready;
    for (const session of sessions) await session.close();
  });
});
