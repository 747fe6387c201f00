import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { bindTests, type Connection } from "@portolan/conformance";
import { afterAll, describe, it } from "vitest";
import { portTransport } from "../src/index.ts";
import { asDomPort } from "./dom-port.ts";

// One thread for all the ports: what a session leaves there, the next one would find.
const worker = new Worker(new URL("./fixtures/conformance.mjs", import.meta.url), { workerData: { ports: true } });
worker.unref();

afterAll(() => worker.terminate());

bindTests({ describe, it }, "a port to another thread", {
  traits: { carries: "clone", moves: "all", shared: false, trusted: true, announcesDeath: true },
  connect() {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(port2, [port2]);
    return {
      near: portTransport(() => port1, { trusted: true }),
      close: () => port1.close(),
      listeners: () => portListeners(port1),
    };
  },
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
