import { describe, expect, it } from "vitest";
import { openSession, type SessionOptions, transportPair } from "../src/index.ts";
import { holding } from "./sessions.ts";

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
  return { held, session: openSession<Api>(holding(here, held), options) };
}
