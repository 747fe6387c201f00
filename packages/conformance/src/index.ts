// For those who test a transport.

export { cases as conformanceCases } from "./all-cases.ts";
export { bindTests, type TestRunner } from "./bind-tests.ts";
export type { ConformanceCase } from "./conformance-case.ts";
export type { Connection } from "./connection.ts";
export type { Need } from "./needs.ts";
export { type ConformanceOptions, type ConformanceResult, runConformance } from "./run-conformance.ts";
export { type ConformanceServer, serveConformance } from "./serve-conformance.ts";

// For those who test the kit, and what stands on transports.

export { type ChaosEvent, type ChaosOptions, chaos } from "./chaos.ts";
export { type Mutant, type MutantName, mutants } from "./mutants.ts";
export { Random } from "./random.ts";
export { record, type Tape, type TapeEntry, tapeFromText, tapeToText } from "./recording.ts";
export { type Replay, replay } from "./replay.ts";
