import { defineConnector, openSession, transportPair } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { createClient, dedupe, loadBalance, resume, retry, withOptions } from "../src/index.ts";
import { wire } from "./wire.ts";

describe("misuse of a client", () => {
  it("of a port or of nothing as its source is a TypeError at once, with what to do", () => {
    const { port1 } = new MessageChannel();
    expect(() => createClient(port1 as never)).toThrow(
      /got MessagePort: make one of it, such as portTransport\(port\)/,
    );
    for (const nothing of [undefined, null, "ws://here", {}, () => {}]) {
      expect(() => createClient(nothing as never)).toThrow(/^expected a Transport, a Session or a SessionSource, got/);
    }
    port1.close();
  });

  it("of options that are misspelt or no such thing is a TypeError, and none of what others may mean", async () => {
    const { client, end } = wire({ ping: () => "pong" });
    const refusals: [options: object, message: string][] = [
      [{ timeOut: 5 }, 'unknown option "timeOut": did you mean "timeout"?'],
      [{ idletimeout: 5 }, 'did you mean "idleTimeout"?'],
      [{ signal: new AbortController() }, "expected signal to be an AbortSignal: of a controller, its signal"],
    ];
    for (const [options, message] of refusals) {
      expect(() => withOptions(client, options as never)).toThrow(message);
      expect(() => createClient(transportPair()[0], options as never)).toThrow(message);
    }
    expect(await withOptions(client, { tags: ["a"] } as never).ping()).toBe("pong");
    expect(await withOptions(client).ping()).toBe("pong");
    await end();
  });

  it("of interceptors that would never end, or never do anything, is a TypeError", () => {
    for (const attempts of [0, -1, Number.NaN, "many"]) {
      expect(() => retry({ attempts } as never)).toThrow(/expected attempts to be a number, from 1/);
      expect(() => resume({ attempts } as never)).toThrow(/expected attempts/);
    }
    expect(() => retry({ backoff: { first: -1 } })).toThrow("expected first to be a number, from 0, got -1");
    expect(() => retry({ attemps: 3 } as never)).toThrow('did you mean "attempts"?');
    expect(() => retry({ idempotent: 5 as never })).toThrow("expected idempotent to be a test or a contract, got 5");
    expect(() => dedupe({} as never)).toThrow("dedupe() needs { idempotent }");
    expect(() => loadBalance([defineConnector(() => transportPair()[0])], { pick: "random" as never })).toThrow(
      /least-busy/,
    );
  });
});

describe("what a client stands on", () => {
  it("may be a balance of transports and sessions as well as of connectors", async () => {
    const api = { who: () => "anybody" };
    const [near, far] = transportPair();
    const [other, there] = transportPair();
    for (const end of [far, there]) openSession(end, { expose: api });
    const session = openSession(other);
    const client = createClient<typeof api>(loadBalance([near, session]));
    expect(await client.who()).toBe("anybody");
    await client.close();
    expect(near.ended).toBeDefined();
    expect(session.ended).toBeUndefined();
    await session.close();
  });

  it("repeats a call with a hundred thousand arguments in a list like any other", async () => {
    const { client, end } = wire({ count: (list: number[]) => list.length }, { interceptors: { outgoing: [retry()] } });
    expect(await client.count(new Array(300_000).fill(1))).toBe(300_000);
    await end();
  });
});
