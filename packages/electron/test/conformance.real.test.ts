import { expect, it } from "vitest";
import { inEachElectron } from "./harness/suite.ts";

const pairs = [
  "a page and main",
  "two windows",
  "two windows by way of main",
  "main and a utility process",
  "a page and a utility process",
  "a page and a worker thread",
];

interface Report {
  readonly passed: number;
  readonly refused: number;
  readonly failed: readonly string[];
}

inEachElectron(
  pairs.map((pair) => `conformance: ${pair}`),
  ({ of }) => {
    for (const pair of pairs) {
      it(`every promise holds between ${pair}`, (context) => {
        const { passed, refused, failed } = of<Report>(context, `conformance: ${pair}`);
        expect(failed).toEqual([]);
        expect(passed).toBeGreaterThan(100);
        expect(refused).toBeLessThan(20);
      });
    }
  },
);
