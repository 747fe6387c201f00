import { defineConfig } from "vitest/config";

const tests = ["packages/*/test/**", "apps/*/test/**", "tests/**"];
const never = ["**/node_modules/**", "**/dist/**", "**/fixtures/**"];

// Three groups; a file says which by its name. `x.test.ts` runs anywhere, in parallel. `x.real.test.ts` drives real
// runtimes (Electron, browsers), one file after another. `x.soak.test.ts` takes its time.
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
          exclude: [...never, "**/*.real.test.ts", "**/*.soak.test.ts"],
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
      {
        extends: true,
        test: {
          name: "soak",
          include: tests.map((glob) => `${glob}/*.soak.test.ts`),
          exclude: never,
          fileParallelism: false,
          testTimeout: 1_800_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
