/**
 * A vitest reporter that only collects, into the file named by PORTOLAN_TALLY:
 *
 *   { passed, failed, skipped: [{ title, reason }], failures: [{ title, errors }], secondTries: [{ title, errors }],
 *     files: [{ file, seconds }] }
 *
 * run.mjs makes the closing lines of it. vitest's own JSON reporter knows neither why a test was skipped, nor the errors
 * that belong to no test, nor what a test failed of that passed on its second try.
 */
import { writeFileSync } from "node:fs";

// biome-ignore lint/style/noDefaultExport: vitest takes a reporter file's default export
export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: 0, skipped: [], failures: [], secondTries: [], files: [] };
    for (const error of unhandledErrors) fail(tally, "outside of every test", [error]);
    for (const module of modules) {
      const file = module.relativeModuleId;
      tally.files.push({ file, seconds: secondsOf(module.diagnostic()) });
      // A file that did not load, or a hook that threw, has no failed test of its own to be counted by.
      for (const error of module.errors()) fail(tally, file, [error]);
      for (const suite of module.children.allSuites())
        for (const error of suite.errors()) fail(tally, `${file} > ${suite.fullName}`, [error]);
      for (const test of module.children.allTests()) count(test, tally);
    }
    if (process.env.PORTOLAN_TALLY) writeFileSync(process.env.PORTOLAN_TALLY, JSON.stringify(tally));
  }
}

function count(test, tally) {
  const { state, note, errors } = test.result();
  const title = `${test.module.relativeModuleId} > ${test.fullName}`;
  if (state === "failed") return fail(tally, title, errors);
  if (state !== "passed") return tally.skipped.push({ title, reason: note ?? "" });
  tally.passed += 1;
  if (test.diagnostic()?.flaky) tally.secondTries.push({ title, errors: errors?.map(plain) ?? [] });
}

function fail(tally, title, errors) {
  tally.failed += 1;
  tally.failures.push({ title, errors: errors.map(plain) });
}

// Errors come from other processes and carry whatever a test hung on them: only what is printed is kept.
function plain({ name = "Error", message = "", diff, stack = "" }) {
  return { name: String(name), message: String(message), diff: diff && String(diff), stack: String(stack) };
}

function secondsOf({ collectDuration, setupDuration, duration }) {
  return Math.round((collectDuration + setupDuration + duration) / 100) / 10;
}
