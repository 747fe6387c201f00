import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { bindTests, type Connection } from "@portolan/conformance";
import { afterAll, describe, it } from "vitest";
import { forkTransport, spawnTransport } from "../src/index.ts";
import { gone, type Served, serveSockets } from "./support/ends.ts";
import { fixture, socketPath } from "./support/places.ts";

const cleanups: (() => unknown)[] = [];
afterAll(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

for (const kind of ["TCP", "a Unix socket"] as const) {
  const { path, remove } = socketPath();
  const served = serveSockets(kind === "TCP" ? { port: 0 } : { path });
  cleanups.push(remove, async () => (await served).listener.close());
  bindTests({ describe, it }, `over ${kind}`, {
    connect: () => socketPair(served),
    traits: { carries: "bytes", framed: false, network: true, trusted: false },
  });
}

bindTests({ describe, it }, "over standard input and output", {
  connect() {
    const near = spawnTransport(process.execPath, ["--expose-gc", fixture("conformance-child.mjs"), "stdio"]);
    return { near, close: () => exited(near.port as ChildProcess) };
  },
  traits: { carries: "bytes", framed: false, trusted: true },
});

for (const serialization of ["json", "advanced"] as const) {
  bindTests({ describe, it }, `over fork with ${serialization} serialization`, {
    connect() {
      const child = fork(fixture("conformance-child.mjs"), ["fork"], { serialization, execArgv: ["--expose-gc"] });
      return { near: forkTransport(() => child), close: () => exited(child) };
    },
    traits: { carries: serialization === "json" ? "json" : "clone", shared: true, trusted: true },
  });
}

async function socketPair(served: Promise<Served>): Promise<Connection> {
  const { dial, next } = await served;
  const { client, socket } = dial();
  const far = await next();
  return {
    near: client,
    far,
    listeners: () => socket.listenerCount("data") + socket.listenerCount("drain"),
    async close() {
      await gone(socket);
      await gone(far.port as Socket);
    },
  };
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}
