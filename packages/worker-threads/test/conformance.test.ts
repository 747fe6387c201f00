import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { bindTests, type Connection } from "@portolan/conformance";
import { afterAll, describe, it } from "vitest";
import { portTransport, workerTransport } from "../src/index.ts";
import { ahead } from "./ahead.ts";
import { asDomPort } from "./dom-port.ts";

// Functions, so that the ends are ours to end: that is what some cases look at.
const fixture = new URL("./fixtures/conformance.mjs", import.meta.url);

const workers = ahead(() => {
  const worker = new Worker(fixture);
  return {
    near: workerTransport(() => worker),
    close: () => ended(worker),
    // Those for its end stay until it has come.
    listeners: () => worker.listenerCount("message") + worker.listenerCount("messageerror"),
  };
});

const portsOfWorkers = ahead(() => {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(fixture, { workerData: { port: port2 }, transferList: [port2] });
  worker.unref();
  return {
    near: portTransport(() => port1, { trusted: true }),
    close: () => ended(worker).finally(() => port1.close()),
    listeners: () => portListeners(port1),
  };
});

afterAll(async () => {
  await workers.end();
  await portsOfWorkers.end();
});

bindTests({ describe, it }, "a worker and its parent", {
  traits: { carries: "clone", moves: "all", shared: true, trusted: true, announcesDeath: true, queues: true },
  connect: workers.connect,
});

bindTests({ describe, it }, "a worker and its parent, with low latency", {
  only: "transport",
  traits: { carries: "clone", moves: "all", shared: true, trusted: true, announcesDeath: true, queues: true },
  connect() {
    const worker = new Worker(fixture, { workerData: { lowLatency: true } });
    return { near: workerTransport(() => worker, { lowLatency: true }), close: () => ended(worker) };
  },
});

bindTests({ describe, it }, "a port to another thread", {
  traits: { carries: "clone", moves: "all", shared: false, trusted: true, announcesDeath: true },
  connect: portsOfWorkers.connect,
});

bindTests({ describe, it }, "two untrusted ports in one thread", {
  traits: { trusted: false, announcesDeath: true },
  connect: () => ports((port) => portTransport(() => port)),
});

bindTests({ describe, it }, "two ports of the DOM's shape in one thread", {
  only: "transport",
  traits: { trusted: true, announcesDeath: false },
  connect: () => ports((port) => portTransport(() => asDomPort(port), { trusted: true })),
});

function ports(transportOf: (port: MessagePort) => Connection["near"]): Connection {
  const { port1, port2 } = new MessageChannel();
  return {
    near: transportOf(port1),
    far: transportOf(port2),
    close: () => port1.close(),
    listeners: () => portListeners(port1),
  };
}

function portListeners(port: MessagePort): number {
  return ["message", "messageerror", "close"].reduce((sum, event) => sum + port.listenerCount(event), 0);
}

async function ended(worker: Worker): Promise<void> {
  await worker.terminate();
}
