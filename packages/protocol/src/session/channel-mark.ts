import type { Traits } from "../traits.ts";

/** What marks our messages among a stranger's on a shared port. */
export const mark = "portolan";

const lineStart = `["${mark}",`;
const longestLine = 1024;

/** How a message carries its mark: who it is from and for, and then itself. */
export interface Marking {
  add(marks: readonly string[], message: unknown): unknown;
  /** The marks and the message; anything else for what is not ours. */
  read(message: unknown): unknown;
}

/**
 * Objects go inside a list; text and bytes follow a line of their own. Throws a
 * TypeError for a stream of bytes, where a stranger's could not be told from ours.
 */
export function markingFor({ carries, framed }: Traits): Marking {
  if (carries === "clone" || carries === "json") return inList;
  if (carries === "text") return { add: addLine, read: readLine };
  if (framed) return { add: addLineOfBytes, read: readLineOfBytes };
  throw new TypeError("a stream of bytes without borders has one session: it cannot share channels");
}

const inList: Marking = {
  add: (marks, message) => [...marks, message],
  read: (message) => message,
};

function addLine(marks: readonly string[], message: unknown): string {
  return `${JSON.stringify(marks)}\n${String(message)}`;
}

function readLine(message: unknown): unknown {
  if (typeof message !== "string" || !message.startsWith(lineStart)) return undefined;
  const end = message.indexOf("\n");
  return withMarks(message.slice(0, end), message.slice(end + 1));
}

function addLineOfBytes(marks: readonly string[], message: unknown): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(marks)}\n`);
  // What a codec of bytes makes.
  const body = message as Uint8Array;
  const whole = new Uint8Array(line.length + body.length);
  whole.set(line);
  whole.set(body, line.length);
  return whole;
}

function readLineOfBytes(message: unknown): unknown {
  if (!ArrayBuffer.isView(message) || message.byteLength < lineStart.length) return undefined;
  const bytes = new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
  if (bytes[0] !== lineStart.charCodeAt(0)) return undefined;
  const end = bytes.indexOf(10);
  return withMarks(new TextDecoder().decode(bytes.subarray(0, end)), bytes.subarray(end + 1));
}

function withMarks(line: string, message: unknown): unknown {
  if (!line.startsWith(lineStart) || line.length > longestLine) return undefined;
  try {
    const marks: unknown = JSON.parse(line);
    return Array.isArray(marks) && marks.length === 4 ? [...(marks as unknown[]), message] : undefined;
  } catch {
    // A stranger's line that looks like ours.
    return undefined;
  }
}
