import { type ChildProcess, fork } from "node:child_process";
import cluster from "node:cluster";
import { bindTests } from "@portolan/conformance";
import type { Transport } from "@portolan/protocol";
import { afterAll, describe, it } from "vitest";
import { clusterListener, forkTransport, spawnTransport } from "../src/index.ts";
import { ahead } from "./support/ahead.ts";
import { fixture } from "./support/places.ts";

/** Some cases start dozens of processes. */
const runner = { describe, it: (name: string, body: () => Promise<void>) => it(name, body, 120_000) };

const piped = ahead(() => {
  const near = spawnTransport(process.execPath, ["--expose-gc", fixture("conformance-child.mjs"), "stdio"]);
  return { near, close: () => exited(near.port as ChildProcess) };
});
afterAll(() => piped.end());

bindTests(runner, "over standard input and output", {
  connect: piped.connect,
  timeout: 100_000,
  traits: { carries: "bytes", framed: false, trusted: true },
});

for (const serialization of ["json", "advanced"] as const) {
  const forked = ahead(() => {
    const child = fork(fixture("conformance-child.mjs"), ["fork"], { serialization, execArgv: ["--expose-gc"] });
    return { near: forkTransport(() => child), close: () => exited(child) };
  });
  afterAll(() => forked.end());

  bindTests(runner, `over fork with ${serialization} serialization`, {
    connect: forked.connect,
    timeout: 100_000,
    // JSON on a shared carrier is proven here; what sessions do above it, by the others.
    ...(serialization === "json" && { only: /^(transport|delivery|values|closing|channels|hostile):/ }),
    traits: { carries: serialization === "json" ? "json" : "clone", shared: true, trusted: true },
  });
}

describe("cluster", () => {
  const { settings } = cluster;
  const listener = clusterListener();
  const arrived: Transport[] = [];
  listener.accept(
    (transport) => void arrived.push(transport),
    () => {},
  );
  afterAll(async () => {
    await listener.close();
    cluster.setupPrimary(settings);
  });
  bindTests(runner, "over the channel of a worker", {
    async connect() {
      const exec = fixture("conformance-child.mjs");
      cluster.setupPrimary({ exec, args: ["fork"], execArgv: ["--expose-gc"], serialization: "advanced" });
      const worker = cluster.fork();
      await new Promise((resolve) => worker.once("online", resolve));
      const near = arrived.splice(0).find(({ port }) => port === worker.process) as Transport;
      return {
        near,
        close() {
          worker.process.kill();
          return exited(worker.process);
        },
      };
    },
    // What is sent before the worker listens is lost: Node listens for it, and sessions repeat hello.
    only: /^(delivery|values|closing):/,
    timeout: 100_000,
    traits: { carries: "clone", shared: true, queues: false, trusted: true },
  });
});

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}
