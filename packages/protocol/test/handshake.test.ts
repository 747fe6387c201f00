import { afterEach, describe, expect, it, vi } from "vitest";
import { json, openSession, RpcError, transportPair } from "../src/index.ts";
import { hello, hostile, type Loose, open, promised, turns } from "./sessions.ts";

afterEach(() => vi.useRealTimers());

describe("hello", () => {
  it("O-04 F-29 brings metadata: a value, or a function that is run at each connect", async () => {
    const seen: unknown[] = [];
    const admit = ({ peer }: { peer: { metadata?: unknown } }) => void seen.push(peer.metadata);
    for (const metadata of [{ user: "ada", at: new Date(1) }, async () => "later", () => 7]) {
      const pair = open({}, { client: { metadata }, server: { admit } });
      await pair.client.ready;
      await pair.done();
    }
    expect(seen).toEqual([{ user: "ada", at: new Date(1) }, "later", 7]);
  });

  it.each([
    ["clone", {}],
    ["text", { carries: "text" }],
  ])("calls may leave with it, and are answered (%s)", async (_name, traits) => {
    const pair = open({ add: (a: number, b: number) => a + b }, { traits: traits as object });
    expect(await pair.remote.add(1, 2)).toBe(3);
    await pair.done();
  });

  it("metadata has a limit, at both ends", async () => {
    const { limits } = { limits: { metadata: 100 } };
    const fits = open({}, { client: { metadata: "x".repeat(90), limits }, server: { limits } });
    await fits.client.ready;
    await fits.done();
    const tooMuch = open({}, { client: { metadata: "x".repeat(200), limits } });
    await expect(tooMuch.client.ready).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    const told = open({}, { client: { metadata: "x".repeat(200) }, server: { limits, onError: () => {} } });
    await expect(told.server.ready).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    await expect(told.client.closed).resolves.toMatchObject({ code: "RESOURCE_EXHAUSTED", by: "remote" });
  });

  it("metadata that is not plain, or cannot be had, ends the session with the reason", async () => {
    const live = open({}, { client: { metadata: { fn: () => 1 } } });
    await expect(live.client.ready).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    const failed = open(
      {},
      {
        client: {
          metadata: async () => {
            throw new RpcError("UNAUTHENTICATED", "no token");
          },
        },
      },
    );
    await expect(failed.client.ready).rejects.toMatchObject({ code: "UNAUTHENTICATED", message: "no token" });
    await turns();
    expect(failed.server.ended).toMatchObject({ code: "UNAUTHENTICATED", by: "remote" });
  });

  it("a peer that is not let in hears why, and none of its calls has run", async () => {
    let ran = 0;
    const pair = open(
      { run: () => ++ran },
      {
        server: {
          admit: async () => {
            await turns(2);
            throw new RpcError("UNAUTHENTICATED", "who are you?");
          },
        },
      },
    );
    await expect(promised(pair.remote.run())).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: "who are you?",
    });
    await expect(pair.client.ready).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(ran).toBe(0);
  });

  it("what admit returns is the context of its calls", async () => {
    const pair = open(
      {
        whoami(this: { context: unknown }) {
          return this.context;
        },
      },
      { server: { admit: async (session) => ({ user: session.peer.metadata }) }, client: { metadata: "grace" } },
    );
    expect(await pair.remote.whoami()).toEqual({ user: "grace" });
    await pair.done();
  });

  it("calls that come before the peer is let in are parked: 64 of them, and no more", async () => {
    const peer = hostile({ one: () => 1 }, { admit: () => new Promise(() => {}) });
    for (let id = 1; id <= 70; id++) peer.send([1, id, 0, ["one"], []]);
    await turns();
    expect(peer.session.stats().handlers).toMatchObject({ running: 0, parked: 64 });
    await peer.session.close();
  });
});

describe("two sides that cannot talk", () => {
  it("F-31 because of their versions, both say so in a sentence", async () => {
    const [here, there] = transportPair();
    const session = openSession(there);
    const heard: unknown[] = [];
    here.receive((message) => void heard.push(message));
    here.send(hello({}, 2));
    await expect(session.ready).rejects.toMatchObject({
      code: "VERSION_MISMATCH",
      message: "one side speaks protocol version 2, the other one 1: update the side with 1",
    });
    await turns();
    expect(heard.flat(1)).toEqual(expect.arrayContaining([20, "VERSION_MISMATCH"]));
  });

  it("F-31 because of their codecs, both say so in a sentence, whichever speaks first", async () => {
    for (const [mine, theirs] of [
      [{ codec: json() }, {}],
      [{}, { codec: json() }],
    ]) {
      const pair = open({}, { client: mine as object, server: theirs as object });
      const [a, b] = await Promise.allSettled([pair.client.ready, pair.server.ready]);
      for (const side of [a, b]) {
        expect(side).toMatchObject({ status: "rejected", reason: { code: "FAILED_PRECONDITION" } });
        expect((side as PromiseRejectedResult).reason.message).toMatch(
          /one side uses the codec (json|clone), the other one (json|clone)/,
        );
      }
    }
  });

  it("F-30 because the codec does not fit the transport, is a TypeError before anything is sent", () => {
    const [bytes] = transportPair({ traits: { carries: "bytes", framed: false } });
    expect(() => openSession(bytes, { codec: json() })).toThrow(/cannot find its messages in a stream of bytes/);
  });
});

describe("a peer that says no hello", () => {
  it("has 10 seconds on networks", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const peer = hostile({}, {}, { traits: { network: true }, greet: false });
    vi.advanceTimersByTime(9999);
    expect(peer.session.ended).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(peer.session.ended).toMatchObject({ code: "DEADLINE_EXCEEDED", message: "no hello within 10000 ms" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is asked again and again where the first hello may be lost, ever more slowly", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const peer = hostile({}, {}, { traits: { queues: false }, greet: false });
    const counts: number[] = [];
    for (const wait of [0, 20, 40, 80, 160, 320, 640, 1000, 1000]) {
      vi.advanceTimersByTime(wait);
      await turns(2);
      counts.push(peer.heard.length);
    }
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    peer.send(hello());
    await turns();
    expect(vi.getTimerCount()).toBe(0);
    await peer.session.close();
  });

  it("leaves nothing behind when the session closes first", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const peer = hostile({}, {}, { traits: { queues: false, network: true }, greet: false });
    await peer.session.close();
    expect(vi.getTimerCount()).toBe(0);
    await expect(peer.session.ready).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

describe("a hello that comes again", () => {
  it("with the same name is a repetition, and with another one ends the session", async () => {
    const peer = hostile({});
    await turns();
    peer.send(hello());
    await turns();
    expect(peer.session.ended).toBeUndefined();
    peer.send(hello({ session: "other" }));
    await turns();
    expect(peer.session.ended).toMatchObject({
      code: "PROTOCOL_ERROR",
      message: "a second hello, from another session",
    });
  });
});

describe("the peer", () => {
  it("is told with what it presented, its contract and its kind", async () => {
    const pair = open({}, { client: { metadata: 1, contract: "abc" } });
    await pair.server.ready;
    expect(pair.server.peer).toMatchObject({ kind: "memory", trusted: true, metadata: 1 });
    expect(pair.server.contract).toBe("abc");
    await pair.done();
  });

  it.each([["x".repeat(257)], [{ hash: "abc" } as never]])(
    "is not told of a contract that is no hash",
    async (contract) => {
      const pair = open({}, { client: { contract } });
      await expect(pair.client.ready).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: "contract: expected a hash of at most 256 characters",
      });
      await pair.server.closed;
    },
  );

  it("is told of the longest hash", async () => {
    const pair = open({}, { client: { contract: "x".repeat(256) } });
    await pair.server.ready;
    expect(pair.server.peer.contract).toHaveLength(256);
    await pair.done();
  });

  it("R-24 ends in every state: closing twice, and closing while it connects, is quiet", async () => {
    const pair = open({});
    await Promise.all([pair.client.close(), pair.client.close()]);
    await pair.client.close();
    await expect(promised((pair.client.remote as Loose).x())).rejects.toMatchObject({ delivered: "no" });
    await pair.server.closed;
  });
});

describe("a peer that ends the conversation before its hello", () => {
  const api = { pay: () => "paid" };

  it("has run nothing, and calls say so; one that has said hello may have", async () => {
    const [near, far] = transportPair();
    const session = openSession<typeof api>(near);
    const early = Promise.resolve(session.remote.pay()).catch((error: unknown) => error);
    await turns();
    far.send([20, "UNAVAILABLE", "come back later"]);
    expect(await early).toMatchObject({ code: "UNAVAILABLE", message: "come back later", delivered: "no" });

    const [here, there] = transportPair();
    const greeted = openSession<typeof api>(here);
    there.send(hello());
    await greeted.ready;
    const late = Promise.resolve(greeted.remote.pay()).catch((error: unknown) => error);
    await turns();
    there.send([20, "UNAVAILABLE", "come back later"]);
    expect(await late).toMatchObject({ code: "UNAVAILABLE", delivered: "unknown" });
  });
});
