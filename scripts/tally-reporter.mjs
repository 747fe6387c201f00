/**
 * A vitest reporter that only counts. It writes `{ passed, failed, skipped: [{ title, reason }] }` to the file named by
 * PORTOLAN_TALLY; run.mjs makes the closing line of it. vitest's own JSON reporter knows neither why a test was skipped nor
 * the errors that belong to no test.
 */
import { writeFileSync } from "node:fs";

// biome-ignore lint/style/noDefaultExport: vitest takes a reporter file's default export
export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      // A file that did not load, or a hook that threw, has no failed test of its own to be counted by.
      tally.failed += module.errors().length;
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length;
      for (const test of module.children.allTests()) count(test, tally);
    }
    if (process.env.PORTOLAN_TALLY) writeFileSync(process.env.PORTOLAN_TALLY, JSON.stringify(tally));
  }
}

function count(test, tally) {
  const { state, note } = test.result();
  if (state === "passed") tally.passed += 1;
  else if (state === "failed") tally.failed += 1;
  else tally.skipped.push({ title: `${test.module.relativeModuleId} > ${test.fullName}`, reason: note ?? "" });
}
