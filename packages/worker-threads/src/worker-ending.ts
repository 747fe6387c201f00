import type { CloseReason } from "@portolan/protocol";
import { bootRemedy } from "./boot-remedy.ts";

/** How the platform said that a worker failed. */
export interface WorkerFailure {
  /** What the worker threw, as Node passed it on. May be anything. */
  readonly error: unknown;
}

/** What is known of a worker when it is gone. */
export interface WorkerFacts {
  /** True once any message has come from it. */
  readonly heard: boolean;
  /** Set when Node's `error` event came. */
  readonly failure: WorkerFailure | undefined;
  /** Absent when the platform has not said. */
  readonly exitCode: number | undefined;
}

/** Puts into words, and into a cause, how a worker ended. */
export function workerEnding(facts: WorkerFacts): CloseReason {
  const { failure, exitCode } = facts;
  const message = failure ? describeFailure(failure.error, facts.heard) : describeExit(exitCode, facts.heard);
  const cause = failure ? failure.error : Object.freeze({ exitCode });
  const reason: CloseReason = { code: "UNAVAILABLE", message, by: "platform", cause };
  // A worker says hello before it runs anything, and what it sent before it failed has arrived.
  return failure && !facts.heard && !ranOut(failure.error) ? { ...reason, delivered: "no" } : reason;
}

function describeFailure(error: unknown, heard: boolean): string {
  const what = inOneLine(error);
  if (ranOut(error)) return `the worker ran out of memory (${what})`;
  if (heard) return `the worker ended by an uncaught error: ${what}`;
  const remedy = bootRemedy(error);
  return `the worker failed before its first message: ${what}${remedy && `. ${remedy}`}`;
}

function describeExit(exitCode: number | undefined, heard: boolean): string {
  const how = `the worker ended with exit code ${exitCode ?? "unknown"}`;
  if (exitCode === 1) return `${how} (terminate() or process.exit(1))`;
  if (heard || exitCode !== 0) return how;
  return `${how} before its first message: does it call serve(parentTransport(), …)?`;
}

function inOneLine(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const { name, message } = error as { name?: unknown; message?: unknown };
  if (typeof message !== "string") return "an error that cannot be described";
  return typeof name === "string" && name !== "Error" ? `${name}: ${message}` : message;
}

function ranOut(error: unknown): boolean {
  const code = typeof error === "object" && error !== null ? (error as { code?: unknown }).code : undefined;
  return code === "ERR_WORKER_OUT_OF_MEMORY";
}
