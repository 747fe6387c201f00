import { Kind, type Message } from "./message.ts";

/**
 * Plain messages of one kind that stand together in a batch travel as a run: one
 * flat list instead of many small ones, which costs a carrier that clones a
 * fraction. `[21, id, path, args, id, path, args …]` is a run of calls on the root,
 * `[22, id, value, id, value …]` one of answers.
 */
export const RunKind = { calls: 21, resolves: 22 } as const;

/** How many slots of a run one message takes. */
export const callSlots = 3;
export const resolveSlots = 2;

/** A batch with its runs put together. */
export function foldRuns(messages: readonly Message[]): readonly unknown[] {
  const folded: unknown[] = [];
  let run: unknown[] | undefined;
  for (const message of messages) {
    const kind = runKindOf(message);
    if (kind === 0) {
      folded.push(message);
      run = undefined;
      continue;
    }
    if (run?.[0] !== kind) {
      run = [kind];
      folded.push(run);
    }
    if (kind === RunKind.calls) run.push(message[1], message[3], message[4]);
    else run.push(message[1], message[2]);
  }
  return folded;
}

/** The kind of run that a message fits; 0 for none. */
function runKindOf(message: Message): number {
  if (message[0] === Kind.resolve) return message.length === 3 ? RunKind.resolves : 0;
  if (message[0] !== Kind.call || message.length !== 5) return 0;
  return message[2] === 0 && typeof message[3] === "number" ? RunKind.calls : 0;
}

/** True for the entry of a batch that is a run. Its messages are unchecked. */
export function isRun(entry: unknown): entry is readonly unknown[] {
  return Array.isArray(entry) && (entry[0] === RunKind.calls || entry[0] === RunKind.resolves);
}

/** The message whose slots begin at `at` of a run. */
export function messageOf(run: readonly unknown[], at: number): readonly unknown[] {
  return run[0] === RunKind.calls
    ? [Kind.call, run[at], 0, run[at + 1], run[at + 2]]
    : [Kind.resolve, run[at], run[at + 1]];
}

/** How many messages a batch holds, runs counted in full. */
export function countMessages(batch: readonly unknown[]): number {
  let count = 0;
  for (const entry of batch) count += isRun(entry) ? Math.ceil((entry.length - 1) / slotsOf(entry)) : 1;
  return count;
}

/** Gives every message of a frame in turn, unchecked: a message alone, a batch, and the runs in it. */
export function eachMessage(frame: readonly unknown[], take: (raw: unknown) => void): void {
  for (const entry of Array.isArray(frame[0]) ? frame : [frame]) {
    if (!isRun(entry)) take(entry);
    else for (let at = 1; at < entry.length; at += slotsOf(entry)) take(messageOf(entry, at));
  }
}

function slotsOf(run: readonly unknown[]): number {
  return run[0] === RunKind.calls ? callSlots : resolveSlots;
}
