import { beforeAll, beforeEach, describe, it, type TestContext } from "vitest";
import { buildApp } from "./build.ts";
import { electronFolder, type Run, runApp, versions } from "./electron.ts";

/** Built once for a file of tests, and the same for each Electron. */
let app: Promise<string> | undefined;

/** What the scenarios of one run found out. */
export interface Findings {
  /** What a scenario returned. Fails the test with the scenario's error; skips it where there is no Electron. */
  of<T = Record<string, unknown>>(context: TestContext, scenario: string): T;
  /** What the app printed besides. */
  output(context: TestContext): string;
}

/**
 * Runs scenarios in each Electron, one process for all of them, and then the tests that look at what they found.
 * A test that needs no scenario of its own may look at the output.
 */
export function inEachElectron(scenarios: readonly string[], tests: (findings: Findings) => void): void {
  describe.each(versions)("Electron %s", (version) => {
    const folder = electronFolder(version);
    let run: Run | undefined;
    const start = async (): Promise<void> => {
      if (folder === undefined) return;
      app ??= buildApp();
      run = await runApp(folder, await app, scenarios, 600_000);
    };
    beforeAll(start, 640_000);
    // A test that is tried again (in CI) looks at another run, the last one would say the same: twice at most.
    let runsLeft = 2;
    beforeEach(({ task }) => (task.result?.retryCount && runsLeft-- > 0 ? start() : undefined), 640_000);

    const ranIn = (context: TestContext): Run => {
      if (run) return run;
      return context.skip(`Electron ${version} is not here: node scripts/fetch-electron.mjs ${version} fetches it.`);
    };
    tests({
      of<T>(context: TestContext, scenario: string): T {
        const { outcomes, output, code } = ranIn(context);
        const outcome = outcomes.get(scenario);
        if (!outcome) throw new Error(`"${scenario}" did not report; the app exited with ${code}:\n${output}`);
        if ("error" in outcome) throw new Error(outcome.error);
        return outcome.value as T;
      },
      output: (context) => ranIn(context).output,
    });
    it("no scenario raised a warning, an uncaught error or an unhandled rejection", (context) => {
      const bad = ranIn(context)
        .output.split("\n")
        .filter((line) => /^(UNCAUGHT|UNHANDLED|WARNING)/.test(line));
      if (bad.length > 0) throw new Error(bad.join("\n"));
    });
  });
}
