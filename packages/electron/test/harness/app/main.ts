import { app, protocol } from "electron";
import { conformanceScenarios } from "./conformance-scenarios.ts";
import { endingScenarios } from "./ending-scenarios.ts";
import { linkScenarios } from "./link-scenarios.ts";
import { pageScenarios } from "./page-scenarios.ts";
import { policyScenarios } from "./policy-scenarios.ts";
import { runScenarios } from "./scenario.ts";
import { serviceWorkerScenarios } from "./service-worker-scenarios.ts";
import { sessionScenarios } from "./session-scenarios.ts";
import { utilityScenarios } from "./utility-scenarios.ts";

// Windows come and go; the app stays.
app.on("window-all-closed", () => {});
process.on("uncaughtException", (error) => console.log("UNCAUGHT", error));
process.on("unhandledRejection", (error) => console.log("UNHANDLED", error));
process.on("warning", (warning) => console.log("WARNING", warning.name, warning.message));
protocol.registerSchemesAsPrivileged([
  { scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true, allowServiceWorkers: true } },
]);
app.whenReady().then(() =>
  runScenarios({
    ...pageScenarios,
    ...policyScenarios,
    ...utilityScenarios,
    ...linkScenarios,
    ...sessionScenarios,
    ...endingScenarios,
    ...serviceWorkerScenarios,
    ...conformanceScenarios,
  }),
);
