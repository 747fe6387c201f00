import { type ChildProcess, fork } from "node:child_process";
import { bindTests } from "@portolan/conformance";
import { describe, it } from "vitest";
import { forkTransport, spawnTransport } from "../src/index.ts";
import { fixture } from "./support/places.ts";

/** Some cases start dozens of processes. */
const runner = { describe, it: (name: string, body: () => Promise<void>) => it(name, body, 60_000) };

bindTests(runner, "over standard input and output", {
  connect() {
    const near = spawnTransport(process.execPath, ["--expose-gc", fixture("conformance-child.mjs"), "stdio"]);
    return { near, close: () => exited(near.port as ChildProcess) };
  },
  timeout: 60_000,
  traits: { carries: "bytes", framed: false, trusted: true },
});

for (const serialization of ["json", "advanced"] as const) {
  bindTests(runner, `over fork with ${serialization} serialization`, {
    connect() {
      const child = fork(fixture("conformance-child.mjs"), ["fork"], { serialization, execArgv: ["--expose-gc"] });
      return { near: forkTransport(() => child), close: () => exited(child) };
    },
    timeout: 60_000,
    traits: { carries: serialization === "json" ? "json" : "clone", shared: true, trusted: true },
  });
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}
