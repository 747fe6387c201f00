import type { Call } from "@portolan/protocol";
import { CappedRun } from "./capped-run.ts";
import { errorConstructors } from "./declared-errors.ts";
import type { Definition } from "./definition.ts";
import { type AnyHandler, Run } from "./run.ts";
import { Turnstile } from "./turnstile.ts";

/** Runs a procedure for one call after the other: what `procedureMark` leads to. */
export function procedureRunner(
  definition: Definition,
  handler: AnyHandler,
): (call: Call, args: readonly unknown[]) => unknown {
  const errors = errorConstructors(definition.errors);
  const turnstile = definition.concurrency === undefined ? undefined : new Turnstile(definition.concurrency);
  return (call, args) => {
    const run = new Run(definition, handler, errors, call);
    if (definition.deadline === undefined && !turnstile) return run.start(args[0]);
    return new CappedRun(run, definition.deadline, turnstile).start(args[0]);
  };
}
