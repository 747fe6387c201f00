import { type ConformanceResult, runConformance } from "@portolan/conformance";
import type { Transport } from "@portolan/protocol";
import type { Commands } from "../extension/commands.ts";

/** How a run went, as JSON. */
export interface RunSummary {
  readonly passed: number;
  readonly refused: number;
  readonly failed: readonly string[];
}

/** The command that runs every case over connections made by `dial`. */
export function conformanceCommand(dial: (...args: never[]) => Transport | Promise<Transport>): Commands {
  return {
    conformance: async (...args: never[]): Promise<RunSummary> => {
      const results = await runConformance({ connect: async () => ({ near: await dial(...args) }) });
      const count = (outcome: ConformanceResult["outcome"]): number =>
        results.filter((one) => one.outcome === outcome).length;
      const failed = results.filter((one) => one.outcome === "failed");
      return {
        passed: count("passed"),
        refused: count("refused"),
        failed: failed.map(({ group, name, error }) => `${group}: ${name}: ${String(error)}`),
      };
    },
  };
}
