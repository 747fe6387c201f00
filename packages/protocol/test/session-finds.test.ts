import { afterEach, describe, expect, it } from "vitest";
import { openSession, RpcError, type Session, type SessionOptions, transportPair } from "../src/index.ts";

/** What the conformance kit found in sessions: each stays found. */
describe("sessions", () => {
  const open: Session[] = [];

  function pair(expose: unknown, options: SessionOptions = {}) {
    const [here, there] = transportPair();
    const server = openSession(there, { expose });
    const client = openSession<Record<string, (...args: unknown[]) => Promise<unknown>>>(here, options);
    open.push(client, server);
    return { server, client, remote: client.remote as unknown as Record<string, (...args: never[]) => Promise<never>> };
  }

  afterEach(async () => {
    for (const session of open.splice(0)) {
      await session.close();
      expect(JSON.stringify(session.stats())).not.toMatch(/:[1-9]/);
    }
  });

  it("give a function that was lent for a call back to its owner in the answer", async () => {
    const { remote } = pair({ echo: (value: unknown) => value });
    const mine = () => 1;
    expect(await remote["echo"]?.(mine as never)).toBe(mine);
  });

  it("are merely done after throw() of a stream, as a generator is", async () => {
    const { remote } = pair({
      endless: async function* () {
        for (let n = 0; ; n++) yield n;
      },
    });
    const stream: AsyncGenerator<number> = await (remote["endless"]?.() as Promise<never>);
    await stream.next();
    await expect(stream.throw(new Error("enough"))).rejects.toThrow("enough");
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it("write into streams of the other side, whose first credit travels with them", async () => {
    const log: unknown[] = [];
    const { remote } = pair({
      sink: () => new WritableStream({ write: (item) => void log.push(item), close: () => void log.push("closed") }),
      fill: async (stream: WritableStream) => {
        const writer = stream.getWriter();
        for (let n = 0; n < 600; n++) await writer.write(n);
        await writer.close();
      },
    });
    const writer = (await (remote["sink"] as () => Promise<WritableStream>)()).getWriter();
    await writer.write("one");
    await writer.close();
    await expect.poll(() => log).toEqual(["one", "closed"]);
    const got: unknown[] = [];
    await remote["fill"]?.(new WritableStream({ write: (item) => void got.push(item) }) as never);
    await expect.poll(() => got.length).toBe(600);
  });

  it("abort the signals that came with calls under way when they end", async () => {
    const aborted: unknown[] = [];
    const { client, server, remote } = pair({
      wait: (signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => resolve(void aborted.push(signal.reason)));
        }),
    });
    const call = remote["wait"]?.(new AbortController().signal as never);
    await client.ping();
    await client.close();
    await expect(call).rejects.toThrow();
    await server.closed;
    expect(aborted).toMatchObject([{ code: "UNAVAILABLE" }]);
    await expect.poll(() => server.stats().handlers.running).toBe(0);
  });

  it("give back what an unreadable answer brought: functions and streams", async () => {
    const { client, server, remote } = pair(
      {
        functions: () => [() => 1, () => 2, () => 3],
        streams: () => [numbers(), numbers(), numbers()],
      },
      { limits: { references: 2, streams: 2 } },
    );
    for (const name of ["functions", "streams"]) {
      const error = await remote[name]?.().catch((thrown: unknown) => thrown);
      expect(RpcError.is(error) && error.code).toBe("DATA_LOSS");
      await expect.poll(() => [client.stats().stubs, client.stats().streams]).toEqual([0, 0]);
      await expect.poll(() => [server.stats().exports, server.stats().streams]).toEqual([0, 0]);
    }
  });
});

async function* numbers(): AsyncGenerator<number> {
  for (let n = 0; ; n++) yield n;
}
