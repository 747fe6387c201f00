import { expect, it } from "vitest";
import { inEachElectron } from "./harness/suite.ts";

const scenarios = [
  "a service worker calls main",
  "a service worker by a bundled preload, which main calls",
  "service workers that are not allowed",
  "words that a service worker forges",
  "a service worker that stops with everything in flight",
  "a service worker whose process crashes",
  "20 runs of a service worker",
  "a service worker that is kept running",
  "a service worker without the preload",
  "conformance: a service worker and main",
];

inEachElectron(scenarios, ({ of }) => {
  for (const s of scenarios)
    it(s, (context) => {
      console.log(s, JSON.stringify(of(context, s), null, 1));
      expect(1).toBe(1);
    });
});
