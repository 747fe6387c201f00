import type { Traits, Transport } from "@portolan/protocol";
import { fromText, toText } from "./tape-text.ts";

/** One message that passed, as the transport carried it. */
export interface TapeEntry {
  readonly direction: "in" | "out";
  /** Milliseconds since the start of the recording. */
  readonly at: number;
  readonly data: unknown;
}

/** Everything that passed one end of a transport, in order. */
export interface Tape {
  readonly traits: Traits;
  readonly entries: readonly TapeEntry[];
}

/**
 * Records what passes a transport: returns one that does the same, and the tape,
 * which grows. Give the tape to {@link replay}, or keep it as text by {@link tapeToText}.
 */
export function record(transport: Transport): { readonly transport: Transport; readonly tape: Tape } {
  const entries: TapeEntry[] = [];
  const start = performance.now();
  const note = (direction: TapeEntry["direction"], data: unknown): void => {
    entries.push({ direction, at: Math.round(performance.now() - start), data: copyOf(data) });
  };
  let receivers = 0;
  const recording = new Proxy(transport, {
    get(target, key) {
      if (key === "send") {
        return (message: unknown, transfer?: readonly object[]) => {
          note("out", message);
          target.send(message, transfer);
        };
      }
      if (key === "receive") {
        return (receiver: (message: unknown) => void) => {
          // Every receiver hears the same: one of them is enough for the tape.
          const first = receivers++ === 0;
          return target.receive((message) => {
            if (first) note("in", message);
            receiver(message);
          });
        };
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { transport: recording, tape: { traits: transport.traits, entries } };
}

/** The tape as text, one entry a line, to be kept beside a test. */
export function tapeToText({ traits, entries }: Tape): string {
  const lines = entries.map(({ direction, at, data }) => `${direction} ${at} ${toText(data)}`);
  return `${[toText(traits), ...lines].join("\n")}\n`;
}

/** Reads what {@link tapeToText} wrote. Throws a TypeError for anything else. */
export function tapeFromText(text: string): Tape {
  const [first = "", ...lines] = text.trimEnd().split("\n");
  const entries = lines.map((line): TapeEntry => {
    const match = /^(in|out) (\d+) (.*)$/.exec(line);
    if (!match) throw new TypeError(`expected a line of a tape, got ${JSON.stringify(line.slice(0, 80))}`);
    return { direction: match[1] as "in" | "out", at: Number(match[2]), data: fromText(match[3] ?? "") };
  });
  return { traits: fromText(first) as Traits, entries };
}

/** What was sent may be changed, or moved, afterwards. */
function copyOf(data: unknown): unknown {
  try {
    return structuredClone(data);
  } catch {
    // It holds a port or the like: the tape shows where it was.
    return String(data);
  }
}
