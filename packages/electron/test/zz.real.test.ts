import { it } from "vitest";
import { buildApp } from "./harness/build.ts";
import { electronFolder, runApp } from "./harness/electron.ts";
it("scratch", async () => {
  const app = await buildApp();
  for (const version of (process.env.V ?? "42.0.0").split(",")) {
    const run = await runApp(electronFolder(version) as string, app, (process.env.S ?? "").split(",").filter(Boolean), 60000);
    console.log(version, run.code);
    for (const [name, outcome] of run.outcomes) console.log(name, "->", JSON.stringify(outcome, null, 1).replaceAll("\\n", "\n").replace(/\n\s*/g, " "));
    console.log(run.output.split("\n").filter((l) => !l.startsWith("@scenario") && !/ERROR:|dbus/.test(l)).join("\n"));
  }
}, 200000);
