import { MessageChannel, Worker } from "node:worker_threads";
import { type Client, createClient, RpcError, stats, transfer, withOptions } from "@portolan/client";
import type { Peer } from "@portolan/protocol";
import { type Call, serve } from "@portolan/server";
import { describe, expect, it, vi } from "vitest";
import { portTransport, workerTransport } from "../src/index.ts";
import { api, type RouterApi } from "./fixtures/router.mjs";
import { portsHeld } from "./left.ts";

const fixture = new URL("./fixtures/serve.mjs", import.meta.url);

// Each opens a client, and says how to end what is not the client's.
const ways: [string, () => { client: Client<RouterApi>; end(): unknown }][] = [
  [
    "O-26 a worker of a factory",
    () => ({ client: createClient<RouterApi>(workerTransport(() => new Worker(fixture))), end: () => {} }),
  ],
  [
    "a worker that is ours",
    () => {
      const worker = new Worker(fixture);
      return { client: createClient<RouterApi>(workerTransport(worker)), end: () => worker.terminate() };
    },
  ],
  [
    "M-05 a port that was handed to a worker",
    () => {
      const { port1, port2 } = new MessageChannel();
      const worker = new Worker(fixture, { workerData: { port: port2 }, transferList: [port2] });
      worker.unref();
      const client = createClient<RouterApi>(portTransport(() => port1, { trusted: true }));
      return { client, end: () => worker.terminate() };
    },
  ],
  [
    "O-02 the two ports of a channel in one thread",
    () => {
      const { port1, port2 } = new MessageChannel();
      const server = serve(portTransport(port2, { trusted: true }), api);
      const client = createClient<RouterApi>(portTransport(() => port1, { trusted: true }));
      return { client, end: () => server.close() };
    },
  ],
];

describe.each(ways)("O-01 O-07 a client over %s", (_name, open) => {
  it("calls, is called back, iterates, moves, and gets errors whole; and nothing is left", async () => {
    const { client, end } = open();
    const sums = await Promise.all(Array.from({ length: 100 }, (_, index) => client.add(index, 1)));
    expect(sums.at(-1)).toBe(100);

    const steps: number[] = [];
    await client.each(3, (step) => void steps.push(step));
    expect(steps).toEqual([1, 2, 3]);

    {
      using next = await client.counter(5);
      expect([await next(), await next()]).toEqual([6, 7]);
    }

    for await (const value of client.count(1_000_000)) if (value === 10) break;
    await vi.waitFor(async () => expect(await client.finished()).toBeGreaterThan(0));

    const buffer = new ArrayBuffer(1000);
    expect(await client.size(transfer(buffer))).toBe(1000);
    expect(buffer.byteLength).toBe(0);

    const error = await client.fail().then(undefined, (reason: unknown) => reason);
    expect(RpcError.is(error) && error.cause).toMatchObject({ name: "RangeError", message: "too far", limit: 3 });

    const values = {
      big: 10n ** 20n,
      map: new Map([[{ a: 1 }, new Set([undefined, Number.NaN, -0])]]),
      when: new Date(0),
    };
    expect(await client.echo(values)).toEqual(values);

    await vi.waitFor(() => expect(numbersOf(stats(client)).filter((number) => number > 0)).toEqual([]));
    await client.close();
    await end();
    await vi.waitFor(() => expect(portsHeld()).toEqual([]));
  });

  it("F-27 cancels over there what is aborted here", async () => {
    const { client, end } = open();
    const before = await client.finished();
    const cancel = new AbortController();
    const call = withOptions(client, { signal: cancel.signal }).aborted();
    await client.add(1, 1);
    cancel.abort();
    await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await client.finished()).toBe(before + 1);
    await client.close();
    await end();
  });

  it("G-17 rejects only the call whose argument cannot cross, with its path", async () => {
    const { client, end } = open();
    const calls = Array.from({ length: 100 }, (_, index) =>
      client.echo(index === 50 ? { deep: [new WeakMap()] } : index),
    );
    const settled = await Promise.allSettled(calls);
    expect(settled.filter(({ status }) => status === "rejected").length).toBe(1);
    const reason = (settled[50] as PromiseRejectedResult).reason;
    expect(reason).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("args[0].deep[0]") });
    await client.close();
    await end();
  });
});

describe("a worker", () => {
  it("F-18 is spoken to in structured clones, with no serialization of ours in between", async () => {
    const worker = new Worker(fixture);
    const client = createClient<RouterApi>(workerTransport(worker));
    const wire: unknown[] = [];
    worker.on("message", (message) => wire.push(message));
    const value = { buffer: new Uint8Array(1000), nested: [{ when: new Date(0) }] };
    expect(await client.echo(value)).toEqual(value);
    expect(holds(wire, (each) => each instanceof Date) && holds(wire, (each) => each instanceof Uint8Array)).toBe(true);
    await client.close();
    await worker.terminate();
  });

  it("F-26 produces no more than the window of a reader that does not read", async () => {
    const client = createClient<RouterApi>(workerTransport(() => new Worker(fixture)));
    const reader = client.count(1_000_000)[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: 0 });
    let [before, now] = [-1, await client.produced()];
    while (now !== before) [before, now] = [now, await client.produced()];
    expect(now).toBeLessThanOrEqual(1024 + 2);
    await reader.return?.();
    await client.close();
  });
});

describe("a port", () => {
  it("O-03 O-04 O-06 O-07 is served with a context per peer on one end, and is a client's on the other", async () => {
    const { port1, port2 } = new MessageChannel();
    const router = {
      who(this: Call) {
        return this.context;
      },
    };
    const context = async ({ kind, metadata }: Peer) => ({ kind, user: (metadata as { user: string }).user });
    const server = serve(portTransport(port1), router, { context });
    const client = createClient<typeof router>(
      portTransport(() => port2),
      { metadata: { user: "ada" } },
    );
    expect(await client.who()).toEqual({ kind: "message-port", user: "ada" });
    await client.close();
    await server.close();
    await vi.waitFor(() => expect(portsHeld()).toEqual([]));
  });

  it("M-16 is the permission: whoever it is moved to may call, and who gave it away no more", async () => {
    const { port1, port2 } = new MessageChannel();
    const server = serve(
      portTransport(() => port1),
      { add: (a: number, b: number) => a + b },
    );
    const worker = createClient<RouterApi>(workerTransport(() => new Worker(fixture)));
    expect(await worker.addOver(transfer(port2), 20, 22)).toBe(42);
    // Node neuters a port that was moved: nothing of it is left on this side.
    expect(() => structuredClone(port2, { transfer: [port2] })).toThrow();
    await worker.close();
    await server.close();
    await vi.waitFor(() => expect(portsHeld()).toEqual([]));
  });
});

describe("one worker", () => {
  it("M-15 O-22 carries several sessions and a stranger's messages, each on its own channel", async () => {
    const worker = new Worker(fixture, { workerData: { channels: ["files", "users"] } });
    const [files, users] = ["files", "users"].map((channel) =>
      createClient<RouterApi>(workerTransport(worker), { channel }),
    );
    const strange: unknown[] = [];
    worker.on("message", (message) => {
      if (!Array.isArray(message)) strange.push(message);
    });
    worker.postMessage("not for Portolan");
    expect(await Promise.all([files?.add(1, 2), users?.add(3, 4)])).toEqual([3, 7]);
    expect(() => createClient(workerTransport(worker), { channel: "files" })).toThrow(TypeError);
    await files?.close();
    expect(await users?.add(5, 6)).toBe(11);
    await users?.close();
    expect(strange).toEqual([]);
    await worker.terminate();
    await vi.waitFor(() => expect(portsHeld()).toEqual([]));
  });
});

function holds(value: unknown, what: (each: unknown) => boolean): boolean {
  if (what(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some((each) => holds(each, what));
}

function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}
