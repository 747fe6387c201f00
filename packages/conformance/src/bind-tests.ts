import type { Facts } from "./needs.ts";
import { type ConformanceOptions, chosen, learn, runCase } from "./run-conformance.ts";

/** What a test runner gives: vitest, node:test, Mocha, Jest, Bun. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

/**
 * Makes every case a test of the runner's:
 * `bindTests({ describe, it }, "my transport", { connect })`.
 */
export function bindTests({ describe, it }: TestRunner, title: string, options: ConformanceOptions): void {
  let facts: Promise<Facts> | undefined;
  describe(title, () => {
    for (const each of chosen(options.only)) {
      it(`${each.group}: ${each.name}`, async () => {
        // Asked once; again when that failed, so that a second try is one.
        facts ??= learn(options).catch((error: unknown) => {
          facts = undefined;
          throw error;
        });
        const { outcome, error } = await runCase(each, options, await facts);
        if (outcome === "failed") throw error;
      });
    }
  });
}
