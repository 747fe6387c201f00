import { defineConfig } from "vitest/config";

const tests = ["packages/*/test/**", "apps/*/test/**", "tests/**"];
const never = ["**/node_modules/**", "**/dist/**", "**/fixtures/**"];

// Two groups. `quick` runs anywhere and in parallel; `real` drives real runtimes (Electron, browsers)
// and runs one file after another. A file says which by its name: `x.test.ts` or `x.real.test.ts`.
export default defineConfig({
  // `using` is newer than Node 20.
  oxc: { target: "es2022" },
  test: {
    pool: "forks",
    execArgv: ["--expose-gc"],
    testTimeout: 10_000,
    hookTimeout: 20_000,
    restoreMocks: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: {
          name: "quick",
          include: tests.map((glob) => `${glob}/*.test.ts`),
          exclude: [...never, "**/*.real.test.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "real",
          include: tests.map((glob) => `${glob}/*.real.test.ts`),
          exclude: never,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
