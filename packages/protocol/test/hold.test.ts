import { describe, expect, it } from "vitest";
import { defineTransport, openSession, type SessionOptions, type Transport, transportPair } from "../src/index.ts";

type Api = { add(a: number, b: number): Promise<number> };
const expose = { add: (a: number, b: number) => a + b };

describe("a session holds its port", () => {
  it("while a call is pending, and not when it is idle", async () => {
    const { held, session } = open({});
    const sum = session.remote.add(1, 2);
    expect(held).toEqual([false, true]);
    expect(await sum).toBe(3);
    expect(held).toEqual([false, true, false]);
    await session.close();
  });

  it("while someone waits for it to be ready, or for a ping", async () => {
    const { held, session } = open({});
    await session.ready;
    expect(held).toEqual([false, true, false]);
    await session.ready;
    expect(await session.ping()).toBeGreaterThanOrEqual(0);
    expect(held).toEqual([false, true, false, true, false]);
    await session.close();
  });

  it("all the time when it serves", async () => {
    const { held, session } = open({ expose });
    await session.ready;
    expect(await session.remote.add(1, 2)).toBe(3);
    expect(held).toEqual([true]);
    await session.close();
  });
});

function open(options: SessionOptions) {
  const [here, there] = transportPair();
  openSession(there, { expose });
  const held: boolean[] = [];
  return { held, session: openSession<Api>(counting(here, held), options) };
}

function counting(transport: Transport, held: boolean[]): Transport {
  return defineTransport({
    traits: transport.traits,
    codec: transport.codec,
    open(events) {
      transport.receive(events.message);
      transport.onClose(events.end);
      return {
        send: (message, transfer) => transport.send(message, transfer),
        hold: (busy) => void held.push(busy),
        close: (reason) => transport.close(reason),
      };
    },
  });
}
