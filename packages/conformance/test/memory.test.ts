import { type Traits, transportPair } from "@portolan/protocol";
import { describe, it } from "vitest";
import { bindTests } from "../src/index.ts";

const carriages: readonly Partial<Traits>[] = [
  { carries: "clone" },
  { carries: "clone", shared: true },
  { carries: "json", moves: "none" },
  { carries: "text", moves: "none" },
  { carries: "bytes", moves: "none", framed: false },
];

for (const carriage of carriages) {
  for (const trusted of [true, false]) {
    const traits = { ...carriage, trusted };
    bindTests(
      { describe, it },
      `in memory, ${carriage.carries}${carriage.shared ? ", shared" : ""}, ${trusted ? "trusted" : "untrusted"}`,
      {
        connect: () => {
          const [near, far] = transportPair({ traits });
          return { near, far };
        },
        traits,
      },
    );
  }
}
