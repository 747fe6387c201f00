import { describe, expect, it, vi } from "vitest";
import { defineTransport, openSession, RpcError, type Transport, transportPair } from "../src/index.ts";
import { hello, type Loose, open, promised, turns } from "./sessions.ts";

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

it("two sides that both check who comes do not wait for one another", async () => {
  const [near, far] = transportPair();
  const one = openSession(near, { admit: () => "one" });
  const two = openSession(far, { admit: async () => "two" });
  await Promise.all([one.ready, two.ready]);
  expect([one.state, two.state]).toEqual(["ready", "ready"]);
  await one.close();
  await two.closed;
});

describe("a session that ends", () => {
  it("says nothing more about streams and scopes that end with it", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => void errors.push(error);
    const pair = open(
      {
        async *count() {
          for (let n = 0; ; n++) yield n;
        },
      },
      { client: { onError }, server: { onError } },
    );
    const stream = await pair.remote.count();
    await stream.next();
    await pair.server.close();
    await turns();
    const read = async () => {
      for await (const _ of stream);
    };
    // What has arrived is read first.
    await expect(read()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(errors).toEqual([]);
  });
});

describe("draining", () => {
  it("lets what is under way call back, and refuses new work", async () => {
    let go = () => {};
    const pair = open({
      work: async (progress: Loose) => {
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        return [await progress(1), await progress(2)];
      },
      more: () => 1,
    });
    const work = pair.remote.work((n: number) => n * 2);
    await turns();
    const closing = pair.server.close({ drain: 1000 });
    await turns();
    await expect(promised(pair.remote.more())).rejects.toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    go();
    expect(await work).toEqual([2, 4]);
    await closing;
    await turns();
    expect(pair.client.ended).toMatchObject({ code: "OK", by: "remote" });
  });
});

describe("a refused peer on a port that strangers use", () => {
  it("hears why", async () => {
    const pair = open(
      {},
      {
        traits: { shared: true },
        server: {
          admit: () => {
            throw new Error("not you");
          },
          onError: () => {},
        },
      },
    );
    await expect(pair.client.ready).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    await pair.server.close();
  });

  it("F-31 hears that the codecs differ", async () => {
    const { json } = await import("../src/index.ts");
    const pair = open(
      {},
      { traits: { shared: true }, server: { codec: json(), admit: () => {} }, client: { onError: vi.fn() } },
    );
    await expect(pair.client.ready).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  });
});

describe("a port that refuses everything but has not ended", () => {
  it.each(["UNAVAILABLE", "disconnected"])("does not keep the session busy for ever (%s)", async (why) => {
    let sends = 0;
    let deliver: (message: unknown) => void = () => {};
    const dying = defineTransport({
      traits: { carries: "clone", trusted: true },
      open: ({ message }) => {
        deliver = message;
        return {
          send: () => {
            sends++;
            throw why === "UNAVAILABLE" ? new RpcError("UNAVAILABLE", why) : new Error(why);
          },
          close() {},
        };
      },
    });
    const session = openSession(dying, { expose: { one: () => 1 }, heartbeat: false, onError: () => {} });
    deliver(hello());
    deliver([1, 1, 0, ["one"], []]);
    await turns();
    expect(sends).toBeLessThan(6);
    await session.close();
  });
});

it("a port that refuses every message ends its session instead of being asked for ever", async () => {
  const [near, far] = transportPair();
  let mute = false;
  const muted = new Proxy<Transport>(far, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key !== "send") return typeof value === "function" ? value.bind(target) : value;
      return (message: unknown) => {
        if (mute) throw new Error("gone");
        target.send(message);
      };
    },
  });
  const session = openSession<{ answer(): number }>(near);
  const reports: unknown[] = [];
  const other = openSession(muted, { expose: { answer: () => 42 }, onError: (error) => reports.push(error) });
  await Promise.all([session.ready, other.ready]);
  expect(await session.remote.answer()).toBe(42);
  mute = true;
  await expect(session.remote.answer()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await other.closed).toMatchObject({ code: "UNAVAILABLE", message: "nothing can be sent any more" });
  expect(reports).toHaveLength(1);
});
