import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { languageOf } from "./language.ts";

/** What was read of one file, or why it was not. */
export type Outcome =
  | {
      readonly ok: true;
      readonly path: string;
      /** Bytes read. */
      readonly size: number;
      /** SHA-256, in base64. */
      readonly digest: string;
      readonly language: string;
      /** 0 for what is no text. */
      readonly lines: number;
    }
  | { readonly ok: false; readonly path: string; readonly code: string };

/**
 * Reads one file piece by piece: yields the bytes of each piece, so that its caller may pause, and the outcome last.
 *
 * Reading blocks the thread on purpose. The thread has nothing else to do, and all threads of a process share the few
 * that Node keeps for asynchronous reading.
 */
export function* readFile(path: string): Generator<number | Outcome, void, undefined> {
  let file: number | undefined;
  try {
    // A link that took the place of the file is not followed, and a pipe is not waited for.
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    if (!fstatSync(file).isFile()) return yield { ok: false, path, code: "ENOTFILE" };
    yield* digest(path, file);
  } catch (error) {
    yield { ok: false, path, code: (error as NodeJS.ErrnoException).code ?? String(error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const piece = Buffer.allocUnsafeSlow(256 * 1024);
/** Text holds no NUL near its beginning; git tells binary files in the same way. */
const looksLikeText = 8000;

function* digest(path: string, file: number): Generator<number | Outcome, void, undefined> {
  const hash = createHash("sha256");
  let size = 0;
  let lines = 0;
  let last = newline;
  let language = languageOf(path, "");
  for (let length = readSync(file, piece); length > 0; length = readSync(file, piece)) {
    const bytes = piece.subarray(0, length);
    hash.update(bytes);
    if (size === 0) language = beginsAsText(bytes) ? languageOf(path, firstLine(bytes)) : "binary";
    if (language !== "binary") lines += newlines(bytes);
    last = bytes[length - 1] ?? newline;
    size += length;
    yield length;
  }
  if (language !== "binary" && last !== newline) lines++;
  yield { ok: true, path, size, digest: hash.digest("base64"), language, lines };
}

const newline = 10;

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let index = 0; index < bytes.length; index++) if (bytes[index] === newline) count++;
  return count;
}

function beginsAsText(bytes: Buffer): boolean {
  return !bytes.subarray(0, looksLikeText).includes(0);
}

function firstLine(bytes: Buffer): string {
  return bytes.toString("latin1", 0, 128).split("\n", 1)[0] ?? "";
}
