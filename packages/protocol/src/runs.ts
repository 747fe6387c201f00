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

/** The messages of a run, unchecked; undefined for what is no run. */
export function unfoldRun(raw: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  if (raw[0] === RunKind.calls) return unfoldCalls(raw);
  return raw[0] === RunKind.resolves ? unfoldResolves(raw) : undefined;
}

/** The kind of run that a message fits; 0 for none. */
function runKindOf(message: Message): number {
  if (message[0] === Kind.resolve) return message.length === 3 ? RunKind.resolves : 0;
  if (message[0] !== Kind.call || message.length !== 5) return 0;
  return message[2] === 0 && typeof message[3] === "number" ? RunKind.calls : 0;
}

function unfoldCalls(run: readonly unknown[]): readonly unknown[] {
  const messages: unknown[] = [];
  for (let at = 1; at < run.length; at += callSlots) messages.push([Kind.call, run[at], 0, run[at + 1], run[at + 2]]);
  return messages;
}

function unfoldResolves(run: readonly unknown[]): readonly unknown[] {
  const messages: unknown[] = [];
  for (let at = 1; at < run.length; at += resolveSlots) messages.push([Kind.resolve, run[at], run[at + 1]]);
  return messages;
}
