// For those who test a transport.
export { bindTests, type TestRunner } from "./bind-tests.ts";
export { cases as conformanceCases } from "./cases/index.ts";
export type { ConformanceCase } from "./conformance-case.ts";
export type { Connection } from "./connection.ts";
export type { Need } from "./needs.ts";
export { type ConformanceOptions, type ConformanceResult, runConformance } from "./run-conformance.ts";
export { type ConformanceServer, serveConformance } from "./serve-conformance.ts";
