import { Worker } from "node:worker_threads";
import { bindTests } from "@portolan/conformance";
import { afterAll, describe, it } from "vitest";
import { workerTransport } from "../src/index.ts";
import { ahead } from "./ahead.ts";

const traits = {
  carries: "clone",
  moves: "all",
  shared: true,
  trusted: true,
  announcesDeath: true,
  queues: true,
} as const;
const fixture = new URL("./fixtures/conformance.mjs", import.meta.url);

// Functions, so that the ends are ours to end: that is what some cases look at.
const workers = ahead(() => {
  const worker = new Worker(fixture);
  return {
    near: workerTransport(() => worker),
    close: () => ended(worker),
    // Those for its end stay until it has come.
    listeners: () => worker.listenerCount("message") + worker.listenerCount("messageerror"),
  };
});

afterAll(() => workers.end());

bindTests({ describe, it }, "a worker and its parent", { traits, connect: workers.connect });

bindTests({ describe, it }, "a worker and its parent, with low latency", {
  only: "transport",
  traits,
  connect() {
    const worker = new Worker(fixture, { workerData: { lowLatency: true } });
    return { near: workerTransport(() => worker, { lowLatency: true }), close: () => ended(worker) };
  },
});

async function ended(worker: Worker): Promise<void> {
  await worker.terminate();
}
