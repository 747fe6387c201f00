import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const tests = ["packages/*/test/**", "apps/*/test/**", "tests/**"];
const never = ["**/node_modules/**", "**/dist/**", "**/fixtures/**"];
const windowless = ["packages/node/test/**/*.real.test.ts", "tests/**/*.real.test.ts"];

// Groups; a file says which by its name. `x.test.ts` runs anywhere, in parallel. `x.real.test.ts` drives real runtimes:
// processes and other machines two files at a time, Electron and browsers one after another. `x.soak.test.ts` takes its time.
//
// Under CI a test that failed runs once more, and run.mjs names it at the end as "passed on its second try", with what it
// failed of: a strange machine's bad second does not cost the build, and hides nothing. PORTOLAN_NO_RETRY=1 is for hunting.
const { CI, PORTOLAN_NO_RETRY } = process.env;
const retry = CI && PORTOLAN_NO_RETRY !== "1" ? 1 : 0;
// How much slower than ours the machine of a CI may be. Only what hangs waits this long.
const patience = CI ? 4 : 1;

export default defineConfig({
  // `using` is newer than Node 20.
  oxc: { target: "es2022" },
  test: {
    pool: "forks",
    execArgv: ["--expose-gc"],
    globalSetup: [fileURLToPath(new URL("scripts/stale-doors.mjs", import.meta.url))],
    setupFiles: [fileURLToPath(new URL("scripts/patient-waits.mjs", import.meta.url))],
    expect: { poll: { timeout: 8_000 * patience } },
    testTimeout: 10_000 * patience,
    hookTimeout: 20_000 * patience,
    retry,
    restoreMocks: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: {
          name: "quick",
          include: tests.map((glob) => `${glob}/*.test.ts`),
          exclude: [...never, "**/*.real.test.ts", "**/*.soak.test.ts"],
          // Vitest's own default leaves one core to itself, which is half of two.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "real-processes",
          include: windowless,
          exclude: never,
          maxWorkers: 2,
          testTimeout: 60_000 * patience,
          hookTimeout: 60_000 * patience,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "real",
          include: tests.map((glob) => `${glob}/*.real.test.ts`),
          exclude: [...never, ...windowless],
          fileParallelism: false,
          testTimeout: 60_000 * patience,
          hookTimeout: 60_000 * patience,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "soak",
          include: tests.map((glob) => `${glob}/*.soak.test.ts`),
          exclude: never,
          fileParallelism: false,
          testTimeout: 2_700_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
