import { Worker } from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";
import { parentTransport, workerTransport } from "../src/index.ts";
import { listenersOf, portsHeld } from "./left.ts";
import { echoWorker, exited, rawWorker } from "./raw-worker.ts";

describe("workerTransport", () => {
  it("O-01 O-26 carries messages to a thread and back, in order", async () => {
    const transport = workerTransport(echoWorker);
    const all = collect(transport, 1000);
    for (let index = 0; index < 1000; index++) transport.send([index, new Map([[index, "x"]])]);
    const got = await all;
    expect(got[999]).toEqual([999, new Map([[999, "x"]])]);
    expect(got.map((message) => (message as [number])[0])).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    transport.close();
    expect(portsHeld()).toEqual([]);
  });

  it("M-04 moves what the transfer list names", async () => {
    const transport = workerTransport(() =>
      rawWorker('parentPort.on("message", (m) => parentPort.postMessage(m, [m]))'),
    );
    const buffer = new Uint8Array([1, 2, 3]).buffer;
    const back = collect(transport, 1);
    transport.send(buffer, [buffer]);
    expect(buffer.byteLength).toBe(0);
    expect(new Uint8Array((await back)[0] as ArrayBuffer)).toEqual(new Uint8Array([1, 2, 3]));
    transport.close();
  });

  it("throws from send what the platform refuses, and lives on", async () => {
    const transport = workerTransport(echoWorker);
    expect(() => transport.send([() => 1])).toThrow(/could not be cloned/);
    const back = collect(transport, 1);
    transport.send("still here");
    expect(await back).toEqual(["still here"]);
    transport.close();
  });

  it("keeps what arrives before the first receiver", async () => {
    const worker = rawWorker('parentPort.postMessage("early"); parentPort.on("message", () => {})');
    const transport = workerTransport(worker);
    await new Promise((resolve) => worker.once("message", resolve));
    expect(await collect(transport, 1)).toEqual(["early"]);
    transport.close();
    await worker.terminate();
  });

  it("leaves a worker that was passed to its owner: closing detaches and does not end it", async () => {
    const worker = echoWorker();
    expect(listenersOf(worker)).toBe(0);
    const transport = workerTransport(worker);
    expect(transport.port).toBe(worker);
    transport.close();
    transport.close();
    expect(listenersOf(worker)).toBe(0);
    const answer = new Promise((resolve) => worker.once("message", resolve));
    worker.ref();
    worker.postMessage("mine");
    expect(await answer).toBe("mine");
    await worker.terminate();
    await vi.waitFor(() => expect(portsHeld()).toEqual([]));
  });

  it("ends a worker of a factory, whose last error hurts nobody", async () => {
    let worker: Worker | undefined;
    const transport = workerTransport(() => {
      worker = rawWorker("setInterval(() => {}, 1000)");
      return worker;
    });
    const gone = exited(worker as Worker);
    transport.close();
    (worker as Worker).emit("error", new Error("last words"));
    await gone;
    expect(listenersOf(worker as Worker)).toBe(0);
    expect((await transport.closed).code).toBe("OK");
  });

  it("O-22 lets messages of others pass beside its own", async () => {
    const worker = echoWorker();
    const strangers: unknown[] = [];
    worker.on("message", (message) => strangers.push(message));
    const transport = workerTransport(worker);
    const both = collect(transport, 2);
    transport.send("ours");
    worker.postMessage("theirs");
    expect(await both).toEqual(["ours", "theirs"]);
    expect(strangers).toEqual(["ours", "theirs"]);
    expect(transport.traits.shared).toBe(true);
    transport.close();
    await worker.terminate();
  });

  it("F-12 states its traits truly, trusts threads unless told otherwise, and says who is there", async () => {
    const worker = echoWorker();
    const [trusted, foreign] = [workerTransport(worker), workerTransport(worker, { trusted: false })];
    expect(trusted.traits).toMatchObject({
      carries: "clone",
      moves: "all",
      trusted: true,
      announcesDeath: true,
      queues: true,
    });
    expect(trusted.peer).toMatchObject({ kind: "worker-thread", trusted: true, threadId: worker.threadId });
    expect(foreign.peer.trusted).toBe(false);
    trusted.close();
    foreign.close();
    await worker.terminate();
  });

  it("refuses options that would be passed over or taken for others, before a thread is started", () => {
    const unwanted = () => expect.unreachable("a thread was started");
    expect(() => workerTransport(unwanted, { trused: false } as never)).toThrow('did you mean "trusted"?');
    expect(() => workerTransport(unwanted, { lowlatency: true } as never)).toThrow('did you mean "lowLatency"?');
    expect(() => workerTransport(unwanted, { trusted: "false" } as never)).toThrow(
      "expected trusted to be true or false",
    );
    expect(() => parentTransport({ trused: false } as never)).toThrow('did you mean "trusted"?');
  });

  it("refuses what is no worker, and passes on what the factory throws", () => {
    // @ts-expect-error: a number is no worker
    expect(() => workerTransport(7)).toThrow(
      new TypeError("expected a Worker of node:worker_threads, or a function that makes one; got number"),
    );
    // @ts-expect-error: nor is null
    expect(() => workerTransport(null)).toThrow(/got null/);
    expect(() => workerTransport(() => new Worker("no-such-path.js"))).toThrow(/absolute path or a relative path/);
  });
});

function collect(transport: ReturnType<typeof workerTransport>, count: number): Promise<unknown[]> {
  transport.hold(true);
  return new Promise((resolve, reject) => {
    const got: unknown[] = [];
    transport.onClose((reason) => reject(new Error(reason.message)));
    transport.receive((message) => {
      if (got.push(message) !== count) return;
      transport.hold(false);
      resolve(got);
    });
  });
}
