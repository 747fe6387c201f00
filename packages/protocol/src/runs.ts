import { Kind, type Message } from "./message.ts";
import * as RunKind from "./run-kind.ts";

export { RunKind };

/** A list that begins with one of {@link RunKind} and the first id. */
export type Run = readonly [kind: number, id: unknown, ...slots: unknown[]];

/** A batch with its runs put together. */
export function foldRuns(messages: readonly Message[]): readonly unknown[] {
  const folded: unknown[] = [];
  let run: unknown[] | undefined;
  let next = 0;
  for (const message of messages) {
    const kind = runKindOf(message);
    if (kind === 0) {
      folded.push(message);
      run = undefined;
      continue;
    }
    if (run?.[0] !== kind || message[1] !== next) {
      run = [kind, message[1]];
      folded.push(run);
    }
    next = (message[1] as number) + 1;
    if (kind === RunKind.calls) run.push(message[3], message[4]);
    else if (kind === RunKind.callbacks) run.push(message[2], message[4]);
    else run.push(message[2]);
  }
  return folded;
}

/** The kind of run that a message fits; 0 for none. */
function runKindOf(message: Message): number {
  if (message[0] === Kind.resolve) return message.length === 3 ? RunKind.resolves : 0;
  if (message[0] !== Kind.call || message.length !== 5) return 0;
  const [, , target, path] = message;
  if (target === 0) return typeof path === "number" ? RunKind.calls : 0;
  return target > 0 && typeof path !== "number" && path.length === 0 ? RunKind.callbacks : 0;
}

/** True for the entry of a batch that is a run. Its messages are unchecked. */
export function isRun(entry: unknown): entry is Run {
  return Array.isArray(entry) && (entry[0] as number) >= RunKind.calls && (entry[0] as number) <= RunKind.callbacks;
}

/** How many slots of a run one of its messages takes. */
export function slotsOf(run: Run): number {
  return run[0] === RunKind.resolves ? 1 : 2;
}

/** Gives every message of a run in turn, unchecked. A run of none is one message that cannot be right. */
export function eachOfRun(run: Run, take: (raw: unknown) => void): void {
  const slots = slotsOf(run);
  for (let at = 2, id = run[1] as number; at < Math.max(3, run.length); at += slots, id++) {
    const parts = run.slice(at, at + slots);
    if (run[0] === RunKind.resolves) take([Kind.resolve, id, ...parts]);
    else if (run[0] === RunKind.calls) take([Kind.call, id, 0, ...parts]);
    else take([Kind.call, id, parts[0], noPath, ...parts.slice(1)]);
  }
}

/** The path of what is called by reference itself. */
export const noPath: readonly string[] = /* @__PURE__ */ Object.freeze([]);

/** How many messages a batch holds, runs counted in full. */
export function countMessages(batch: readonly unknown[]): number {
  let count = 0;
  for (const entry of batch) count += isRun(entry) ? Math.ceil((entry.length - 2) / slotsOf(entry)) : 1;
  return count;
}

/** Gives every message of a frame in turn, unchecked: a message alone, a batch, and the runs in it. */
export function eachMessage(frame: readonly unknown[], take: (raw: unknown) => void): void {
  for (const entry of Array.isArray(frame[0]) ? frame : [frame]) {
    if (isRun(entry)) eachOfRun(entry, take);
    else take(entry);
  }
}
