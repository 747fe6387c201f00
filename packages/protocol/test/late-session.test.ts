import { describe, expect, it } from "vitest";
import { openSession, transportPair } from "../src/index.ts";

describe("a session on a transport that messages have reached already", () => {
  it("hears hello and the calls that came before it", async () => {
    const [here, there] = transportPair();
    const client = openSession<{ add(a: number, b: number): Promise<number> }>(here);
    const early = client.remote.add(1, 2);
    await new Promise((resolve) => setTimeout(resolve));
    const server = openSession(there, { expose: { add: (a: number, b: number) => a + b } });
    expect(await early).toBe(3);
    await client.close();
    await server.closed;
    expect(server.stats().calls.inFlight).toBe(0);
  });

  it("runs no handler before whoever opened it has it in hand", async () => {
    const [here, there] = transportPair();
    const client = openSession<{ who(): Promise<string> }>(here);
    const early = client.remote.who();
    await new Promise((resolve) => setTimeout(resolve));
    const server = openSession(there, { expose: { who: (): string => server.peer.kind } });
    expect(await early).toBe("memory");
    await client.close();
    await server.closed;
  });
});
