import { writeSync } from "node:fs";
import type { Writable } from "node:stream";

/** What {@link ExitProofOutput} tells. */
export interface ExitProofOutputEvents {
  /** There is room again. */
  writable(): void;
  /** Writing failed: nobody reads any more. */
  failed(error: Error): void;
}

/** The stream's own `write`, which may have been redirected since. */
export type StreamWrite = (chunk: Uint8Array, written: (error?: Error | null) => void) => boolean;

/** Bytes in our queue from which on the output counts as blocked. */
const highWaterMark = 256 * 1024;

/** The most that is with the stream at once. */
const pieceBytes = 64 * 1024;

/** How long, in milliseconds, the exit of the process may wait for a slow reader. */
const exitPatience = 1_000;

/**
 * Writes to standard output so that `process.exit()` loses nothing. Node writes
 * to pipes in the background, and what has not left by then is lost
 * (https://nodejs.org/api/process.html#a-note-on-process-io). So only one piece
 * at a time is with the stream and the rest is here: when the process exits, what
 * is left, here and at whoever waited for room, is written synchronously.
 */
export class ExitProofOutput {
  readonly #stream: Writable;
  readonly #write: StreamWrite;
  readonly #events: ExitProofOutputEvents;
  #queue: Uint8Array[] = [];
  #queued = 0;
  /** The piece that is with the stream. */
  #piece: Uint8Array | undefined;
  #closed = false;
  /** While the process exits: until when to write. */
  #exiting: number | undefined;

  constructor(stream: Writable, write: StreamWrite, events: ExitProofOutputEvents) {
    this.#stream = stream;
    this.#write = write;
    this.#events = events;
    process.on("exit", this.#flush);
    // Failures are told by `failed`. After that the stream raises an error, which unheard would end the process.
    stream.on("error", quiet);
  }

  get blocked(): boolean {
    return this.#exiting === undefined && this.#queued >= highWaterMark;
  }

  send(bytes: Uint8Array): void {
    if (this.#exiting !== undefined) return this.#writeNow(bytes);
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    if (!this.#piece) this.#next();
  }

  /** Takes nothing more; what is queued still leaves. */
  close(): void {
    this.#closed = true;
    if (!this.#piece) this.#done();
  }

  #next(): void {
    this.#piece = this.#takePiece();
    if (this.#piece) this.#write(this.#piece, this.#written);
    else if (this.#closed) this.#done();
  }

  /** All has left. */
  #done(): void {
    process.off("exit", this.#flush);
    this.#stream.off("error", quiet);
  }

  /** The next piece: what there is, up to a piece's size. */
  #takePiece(): Uint8Array | undefined {
    const [first] = this.#queue;
    if (!first) return undefined;
    let count = 0;
    let length = 0;
    while (count < this.#queue.length && length + (this.#queue[count]?.length ?? 0) <= pieceBytes) {
      length += this.#queue[count++]?.length ?? 0;
    }
    const piece = count > 0 ? Buffer.concat(this.#queue.splice(0, count)) : first.subarray(0, pieceBytes);
    if (count === 0) this.#queue[0] = first.subarray(pieceBytes);
    this.#queued -= piece.length;
    return piece;
  }

  readonly #written = (error?: Error | null): void => {
    if (error) return this.#broke(error);
    const wasBlocked = this.#queued + (this.#piece?.length ?? 0) >= highWaterMark;
    this.#piece = undefined;
    this.#next();
    if (wasBlocked && !this.blocked && !this.#closed) this.#events.writable();
  };

  /** The piece stays with the stream, and so does our ear: it is about to tell of the same failure as an event. */
  #broke(error: Error): void {
    this.#queue = [];
    this.#queued = 0;
    process.off("exit", this.#flush);
    if (!this.#closed) this.#events.failed(error);
  }

  readonly #flush = (): void => {
    const { _handle } = this.#stream as Writable & { _handle?: { writeQueueSize?: number } | null };
    // Of the piece with the stream, the system has taken all but so many bytes.
    const left = _handle?.writeQueueSize ?? 0;
    const rest = this.#piece && left > 0 ? [this.#piece.subarray(this.#piece.length - left)] : [];
    this.#exiting = Date.now() + exitPatience;
    for (const bytes of [...rest, ...this.#queue]) this.#writeNow(bytes);
    if (!this.#closed) this.#events.writable();
  };

  #writeNow(bytes: Uint8Array): void {
    const { fd } = this.#stream as Writable & { fd?: number };
    const until = this.#exiting ?? 0;
    if (fd === undefined || Date.now() > until || !writeAll(fd, bytes, until)) this.#exiting = 0;
  }
}

function quiet(): void {}

/** Writes until all is gone, the reader is gone, or time is up. Says whether all is gone. */
function writeAll(fd: number, bytes: Uint8Array, until: number): boolean {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      // EAGAIN: the pipe is full, so its reader gets a moment. All else: nobody reads.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || Date.now() > until) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
}
