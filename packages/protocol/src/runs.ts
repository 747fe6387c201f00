import { Kind, type Message } from "./message.ts";

/**
 * Plain messages of one kind that stand together in a batch travel as a run: one
 * flat list instead of many small ones, which costs a carrier that clones a
 * fraction. `[21, id, path, args, id, path, args …]` is a run of calls on the root,
 * `[22, id, value, id, value …]` one of answers.
 */
export const RunKind = { calls: 21, resolves: 22 } as const;

const callSlots = 3;
const resolveSlots = 2;

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

/** How many messages a frame holds, runs counted in full. */
export function countMessages(frame: readonly unknown[]): number {
  if (!Array.isArray(frame[0])) return countRun(frame);
  let count = 0;
  for (const entry of frame) count += Array.isArray(entry) ? countRun(entry) : 1;
  return count;
}

/** Gives every message of a frame in turn, unchecked: a message alone, a batch, and the runs in it. */
export function eachMessage(frame: readonly unknown[], take: (raw: unknown) => void): void {
  if (!Array.isArray(frame[0])) return eachOf(frame, take);
  for (const entry of frame) eachOf(entry, take);
}

function eachOf(entry: unknown, take: (raw: unknown) => void): void {
  const kind: unknown = Array.isArray(entry) ? entry[0] : undefined;
  if (kind === RunKind.calls) eachCall(entry as readonly unknown[], take);
  else if (kind === RunKind.resolves) eachResolve(entry as readonly unknown[], take);
  else take(entry);
}

function countRun(entry: readonly unknown[]): number {
  if (entry[0] === RunKind.calls) return Math.ceil((entry.length - 1) / callSlots);
  return entry[0] === RunKind.resolves ? Math.ceil((entry.length - 1) / resolveSlots) : 1;
}

function eachCall(run: readonly unknown[], take: (raw: unknown) => void): void {
  for (let at = 1; at < run.length; at += callSlots) take([Kind.call, run[at], 0, run[at + 1], run[at + 2]]);
}

function eachResolve(run: readonly unknown[], take: (raw: unknown) => void): void {
  for (let at = 1; at < run.length; at += resolveSlots) take([Kind.resolve, run[at], run[at + 1]]);
}
