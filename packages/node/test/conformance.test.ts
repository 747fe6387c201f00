import type { Socket } from "node:net";
import { bindTests, type Connection } from "@portolan/conformance";
import { afterAll, describe, it } from "vitest";
import { gone, type Served, serveSockets } from "./support/ends.ts";
import { socketPath } from "./support/places.ts";

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
