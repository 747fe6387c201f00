import { describe, expect, it } from "vitest";
import { defaultLimits } from "../src/index.ts";
import { hello, hostile, open, promised, turns } from "./sessions.ts";

const gate = () => {
  let release = () => {};
  const waits: Promise<void> = new Promise((resolve) => {
    release = resolve;
  });
  return { wait: () => waits, release: () => release() };
};

describe("the defaults", () => {
  it("are those of the design", () => {
    expect(defaultLimits).toEqual({
      ...{ calls: 1024, queuedCalls: 16_384, references: 10_000, streams: 256 },
      ...{ windowItems: 256, maxWindowItems: 1024, windowBytes: 2 ** 20, batch: 1024 },
      ...{ handshake: 10_000, metadata: 2 ** 14, sendQueue: 2 ** 24, fragments: 30_000 },
      ...{ message: 2 ** 24, depth: 256, nodes: 200_000, bigintDigits: 16_384 },
    });
  });

  it.each([0, -1, 0.5, Number.NaN, "1"])("a limit of %s is a TypeError", (calls) => {
    expect(() => open({}, { client: { limits: { calls: calls as number } } })).toThrow(TypeError);
    expect(() => open({}, { client: { limits: { call: 1 } as never } })).toThrow(/unknown limit "call"/);
  });
});

describe("calls in flight", () => {
  it.each([
    [9, 0],
    [10, 0],
    [11, 1],
    [30, 20],
  ])("%i calls to a peer that grants 10: %i of them wait here, and all are answered", async (count, queued) => {
    const { wait, release } = gate();
    const pair = open({ wait }, { server: { limits: { calls: 10 } } });
    await pair.client.ready;
    const calls = Array.from({ length: count }, () => promised(pair.remote.wait()));
    await turns();
    expect(pair.client.stats().calls).toMatchObject({ inFlight: count - queued, queued });
    expect(pair.server.stats().handlers.running).toBe(Math.min(10, count));
    release();
    await Promise.all(calls);
    await pair.done();
  });

  it("one call more than may wait rejects at once, and nothing of it was sent", async () => {
    const { wait, release } = gate();
    const pair = open({ wait }, { server: { limits: { calls: 1 } }, client: { limits: { queuedCalls: 2 } } });
    await pair.client.ready;
    const calls = Array.from({ length: 3 }, () => promised(pair.remote.wait()));
    await expect(promised(pair.remote.wait())).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED", delivered: "no" });
    release();
    await Promise.all(calls);
    await pair.done();
  });

  it("a peer that calls beyond what it was granted is refused call by call", async () => {
    const peer = hostile({ wait: () => new Promise(() => {}) }, { limits: { calls: 5 } });
    await turns();
    for (let id = 1; id <= 80; id++) peer.send([1, id, 0, ["wait"], []]);
    await turns();
    expect(peer.session.stats().handlers).toMatchObject({ running: 5, parked: 64 });
    const refused = JSON.stringify(peer.heard).match(/the limit of 5 calls in flight is reached/g);
    expect(refused).toHaveLength(80 - 5 - 64);
    await peer.session.close();
  });
});

describe("references", () => {
  it.each([
    [1, true],
    [2, true],
    [3, false],
  ])("%i functions where 2 may live: %s", async (count, fits) => {
    const pair = open({ take: () => "taken" }, { server: { limits: { references: 2 } } });
    const call = promised(pair.remote.take(Array.from({ length: count }, () => () => {})));
    if (fits) expect(await call).toBe("taken");
    else await expect(call).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    await turns();
    expect(pair.server.stats().stubs).toBe(0);
    await pair.done();
  });

  it("our own exports count too: what would be one too many is refused here", async () => {
    const pair = open({ take: () => "taken" }, { client: { limits: { references: 2 } } });
    await expect(promised(pair.remote.take([() => {}, () => {}, () => {}]))).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      delivered: "no",
    });
    expect(await pair.remote.take([() => {}, () => {}])).toBe("taken");
    await pair.done();
  });
});

describe("a received batch", () => {
  it.each([
    [9, true],
    [10, true],
    [11, false],
  ])("of %i messages where 10 may come together: %s", async (count, fits) => {
    for (const batch of [
      Array.from({ length: count }, (_, n) => [18, n]),
      [[22, 1, ...Array.from({ length: count }, (_, n) => n)]],
      [[21, 1, ...Array.from({ length: count * 2 }, () => 0)]],
    ]) {
      const peer = hostile({}, { limits: { batch: 10 } });
      peer.send(batch);
      await turns();
      expect(peer.session.ended?.code).toBe(fits ? undefined : "RESOURCE_EXHAUSTED");
      await peer.session.close();
    }
  });
});

describe("one message of an untrusted peer", () => {
  it.each([
    [999, true],
    [1001, false],
  ])("of %i characters where 1000 are taken: %s", async (size, fits) => {
    const peer = hostile(
      {},
      { limits: { message: 1000 } },
      { traits: { carries: "text", trusted: false }, greet: false },
    );
    peer.send(JSON.stringify(hello({ codec: "json", carries: "text" })));
    peer.send(" ".repeat(size - 6) + "[18,1]");
    await turns();
    expect(peer.session.ended?.code).toBe(fits ? undefined : "RESOURCE_EXHAUSTED");
    await peer.session.close();
  });

  it("is not even sent by an honest peer: its call rejects, the others go on", async () => {
    const pair = open(
      { length: (text: string) => text.length },
      { traits: { carries: "text", trusted: false }, server: { limits: { message: 1000 } } },
    );
    await pair.client.ready;
    const [large, small] = await Promise.allSettled(
      [pair.remote.length("x".repeat(2000)), pair.remote.length("x")].map(promised),
    );
    expect(large).toMatchObject({
      reason: { code: "RESOURCE_EXHAUSTED", delivered: "no", message: expect.stringContaining("send it as a stream") },
    });
    expect(small).toMatchObject({ value: 1 });
    await pair.done();
  });

  it("F-09 has no limit towards a trusted peer", async () => {
    const pair = open(
      { length: (text: string) => text.length },
      { traits: { carries: "text" }, server: { limits: { message: 1000, depth: 2, nodes: 2 } } },
    );
    expect(await pair.remote.length("x".repeat(100_000))).toBe(100_000);
    await pair.done();
  });

  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

  it.each([
    ["depth", { depth: 10 }, nested(6), nested(14)],
    ["nodes", { nodes: 20 }, new Array(5).fill(1), new Array(40).fill(1)],
    ["digits", { bigintDigits: 10 }, 9_999_999_999n, 99_999_999_999n],
  ])("has a limit of %s, whatever carries it", async (_name, limits, below, above) => {
    for (const carries of ["clone", "text"] as const) {
      const pair = open(
        { take: () => "taken" },
        { traits: { carries, trusted: false }, server: { limits, onError: () => {} } },
      );
      await pair.client.ready;
      expect(await pair.remote.take(below)).toBe("taken");
      await expect(promised(pair.remote.take(above))).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
      await pair.client.close();
      await pair.server.close();
    }
  });
});

describe("paths", () => {
  it.each([
    [8, true],
    [9, false],
  ])("of %i segments: %s", async (count, fits) => {
    const pair = open({});
    let stub = pair.remote;
    for (let n = 0; n < count; n++) stub = stub.a;
    await expect(promised(stub())).rejects.toMatchObject({ code: fits ? "UNIMPLEMENTED" : "INVALID_ARGUMENT" });
    await pair.done();
  });

  it.each([
    [256, "UNIMPLEMENTED"],
    [257, "INVALID_ARGUMENT"],
  ])("of %i characters: %s", async (length, code) => {
    const pair = open({});
    await expect(promised(pair.remote["x".repeat(length)]())).rejects.toMatchObject({ code, delivered: "no" });
    await pair.done();
  });

  it("get numbers until 1 024 have one; the next travel in full, and work as well", async () => {
    const api: Record<string, () => number> = {};
    for (let n = 0; n < 1030; n++) api[`f${n}`] = () => n;
    const pair = open(api);
    for (let n = 0; n < 1030; n++) expect(await pair.remote[`f${n}`]()).toBe(n);
    expect(await pair.remote.f1029()).toBe(1029);
    await pair.done();
  });

  it("cannot be given a number twice, or named by one that was never given", async () => {
    for (const messages of [
      [
        [7, 1, ["a"]],
        [7, 1, ["b"]],
      ],
      [[1, 1, 0, 5, []]],
    ]) {
      const peer = hostile({});
      peer.send(...messages);
      await turns();
      const refused =
        peer.session.ended?.code === "PROTOCOL_ERROR" || JSON.stringify(peer.heard).includes("PROTOCOL_ERROR");
      expect(refused).toBe(true);
      await peer.session.close();
    }
  });
});

describe("limits without end", () => {
  it("travel as whole numbers", async () => {
    const pair = open(
      {
        list: async function* () {
          yield 1;
        },
      },
      {
        server: { limits: { calls: Number.POSITIVE_INFINITY, message: Number.POSITIVE_INFINITY } },
        client: { limits: { windowItems: Number.POSITIVE_INFINITY, windowBytes: Number.POSITIVE_INFINITY } },
      },
    );
    for await (const item of pair.remote.list()) expect(item).toBe(1);
    await pair.done();
    expect(() => open({}, { client: { limits: { calls: 1.5 } } })).toThrow(TypeError);
  });
});
