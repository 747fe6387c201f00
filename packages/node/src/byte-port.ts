import type { Readable, Writable } from "node:stream";
import { type CloseReason, giveBack, RpcError, type TransportEvents } from "@portolan/protocol";

/** The two streams of a byte port; a socket is both. */
export interface ByteStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/** Which ends of a byte port become ends of its transport. */
export interface BytePortEndings {
  /** The input ended: the other end will send no more. */
  readonly inputEnded: CloseReason;
  /** Turns an error of either stream into a reason. */
  failed(error: Error): CloseReason;
}

/** From this many bytes on, a message may stand in memory that its codec can use again. */
const worthGiving = 16 * 1024;

/**
 * Bytes in and out over Node streams. Errors of the streams (ECONNRESET, EPIPE)
 * end the transport and are never uncaught, as long as it is attached.
 */
export class BytePort {
  readonly #streams: ByteStreams;
  readonly #events: TransportEvents;
  readonly #endings: BytePortEndings;

  constructor(streams: ByteStreams, events: TransportEvents, endings: BytePortEndings) {
    this.#streams = streams;
    this.#events = events;
    this.#endings = endings;
    streams.input.on("data", this.#arrived);
    streams.input.on("end", this.#ended);
    streams.input.on("error", this.#failed);
    streams.input.on("close", this.#ended);
    streams.output.on("drain", this.#drained);
    if (!Object.is(streams.output, streams.input)) streams.output.on("error", this.#failed);
  }

  get blocked(): boolean {
    return this.#streams.output.writableNeedDrain;
  }

  send(message: unknown): void {
    const bytes = bytesOf(message);
    if (bytes.length < worthGiving) this.#streams.output.write(bytes);
    else this.#streams.output.write(bytes, (error) => error ?? giveBack(bytes));
  }

  /**
   * Takes the listeners off, but not the ear for what was sent here and may still fail. The input is paused, so that
   * nothing is lost to whoever reads next.
   */
  detach(): void {
    const { input, output } = this.#streams;
    hearTheLast(output);
    input.off("data", this.#arrived);
    input.off("end", this.#ended);
    input.off("error", this.#failed);
    input.off("close", this.#ended);
    output.off("drain", this.#drained);
    output.off("error", this.#failed);
    input.pause();
  }

  readonly #arrived = (chunk: unknown): void => this.#events.message(chunk);
  readonly #ended = (): void => this.#events.end(this.#endings.inputEnded);
  readonly #failed = (error: Error): void => this.#events.end(this.#endings.failed(error));
  readonly #drained = (): void => this.#events.writable();
}

/**
 * Bytes that have not left when the transport ends may fail a moment later (EPIPE, ECONNRESET), and an error that nobody
 * hears ends the process: a peer could do that by asking for much and hanging up. So somebody hears, until they have left.
 */
function hearTheLast(output: Writable): void {
  if (output.writableLength === 0 && !output.destroyed) return;
  const quiet = () => {};
  output.on("error", quiet);
  // A stream that is ending takes no more, and is not used again.
  if (!output.writableEnded && !output.destroyed) output.write("", (error) => error ?? output.off("error", quiet));
}

/** Checks that a message is bytes. Throws a TypeError for what is not, as a codec for text would make it. */
export function bytesOf(message: unknown): Uint8Array {
  if (message instanceof Uint8Array) return message;
  throw new TypeError(`expected bytes (a Uint8Array) for a byte stream, got ${typeof message}`);
}

/** Refuses to write to what has ended. */
export function closing(what: string): RpcError {
  return new RpcError("UNAVAILABLE", `${what} is closing`, { delivered: "no" });
}
