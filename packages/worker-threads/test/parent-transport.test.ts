import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { parentTransport, workerTransport } from "../src/index.ts";
import { portsHeld } from "./left.ts";
import { exited } from "./raw-worker.ts";

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);

describe("parentTransport", () => {
  it("throws a TypeError outside a worker that says so", () => {
    expect(() => parentTransport()).toThrow(TypeError);
    expect(() => parentTransport()).toThrow(/is for worker threads: this is the main thread.*workerTransport/s);
  });

  it("carries messages to the parent and back; a thread that closed it and has nothing to do ends", async () => {
    const worker = new Worker(fixture("parent-echo.mjs"));
    const gone = exited(worker);
    const transport = workerTransport(worker);
    transport.hold(true);
    const first = new Promise((resolve) => {
      const stop = transport.receive((message) => {
        stop();
        resolve(message);
      });
    });
    expect(await first).toEqual({
      traits: expect.objectContaining({ carries: "clone", moves: "all", shared: true, trusted: true, queues: false }),
      peer: { kind: "parent-thread", trusted: true },
    });
    const echo = new Promise((resolve) => transport.receive(resolve));
    transport.send(["x", 1n]);
    expect(await echo).toEqual(["echo", ["x", 1n]]);
    transport.send("close");
    expect(await gone).toBe(0);
    expect(await transport.closed).toMatchObject({ code: "UNAVAILABLE", cause: { exitCode: 0 } });
    expect(portsHeld()).toEqual([]);
  });
});
