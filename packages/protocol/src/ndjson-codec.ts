import type { Codec, CodecOptions, CodecSession } from "./codec.ts";
import { RpcError } from "./error.ts";
import { parseJson } from "./json-codec.ts";
import { otherCarriage } from "./other-carriage.ts";

/** How {@link ndjson} writes and what it does with lines that are not JSON. */
export interface NdjsonOptions {
  /** Default `application/ndjson`. */
  readonly contentType?: string;
  /**
   * Hears a line that is no message (something printed to a shared standard output,
   * a log in JSON too), which is then skipped. Without it such a line ends the session;
   * with it, one of more than a million characters does.
   */
  readonly onStray?: (line: string) => void;
}

/** One frame is one line of JSON, as UTF-8. Framed: for byte streams without boundaries. */
export function ndjson(options: NdjsonOptions = {}): Codec {
  return {
    name: "ndjson",
    carries: "bytes",
    framed: true,
    contentType: options.contentType ?? "application/ndjson",
    open: (session) => new NdjsonSession(options, session),
  };
}

/** How a line begins that is no message without a look at the rest: no JSON, or an object with something in it. */
const strayStart = /^(?:\{"|[^[{"\-\dtfn])/;

/** The longest line that is no message, in UTF-16 units. */
const longestStray = 1024 * 1024;

class NdjsonSession implements CodecSession {
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  readonly #guard: CodecOptions["guard"];
  readonly #maxBuffer: number;
  readonly #onStray: NdjsonOptions["onStray"];
  #pieces: string[] = [];
  #pending = 0;

  constructor(options: NdjsonOptions, { guard, maxBuffer = 16 * 1024 * 1024 }: CodecOptions = {}) {
    this.#onStray = options.onStray;
    this.#guard = guard;
    this.#maxBuffer = maxBuffer;
  }

  encode(frame: unknown): Uint8Array {
    return this.#encoder.encode(`${JSON.stringify(frame)}\n`);
  }

  decode(data: unknown): readonly unknown[] {
    const lines = this.#textOf(data).split("\n");
    const rest = lines.pop() ?? "";
    const frames: unknown[] = [];
    for (const line of lines) this.#takeLine(this.#pieces.join("") + line, frames);
    this.#keep(rest);
    return frames;
  }

  #textOf(data: unknown): string {
    if (typeof data === "string") return data;
    if (data instanceof Uint8Array) return this.#decoder.decode(data, { stream: true });
    throw otherCarriage("bytes", data);
  }

  #takeLine(line: string, frames: unknown[]): void {
    this.#pieces = [];
    this.#pending = 0;
    const text = line.trim();
    if (text === "") return;
    if (this.#onStray && strayStart.test(text)) return this.#onStray(line);
    try {
      frames.push(parseJson(text, this.#guard));
    } catch (error) {
      if (!this.#onStray || !RpcError.is(error) || error.code !== "PROTOCOL_ERROR") throw error;
      this.#onStray(line);
    }
  }

  /** Pieces are joined only when their line ends, so one-byte chunks cost linear time. */
  #keep(piece: string): void {
    if (piece === "") return;
    this.#pieces.push(piece);
    this.#pending += piece.length;
    const longest = this.#longest();
    if (this.#pending > longest) throw new RpcError("RESOURCE_EXHAUSTED", `a line is longer than ${longest} bytes`);
  }

  #longest(): number {
    const isStray = this.#onStray && !this.#pieces[0]?.startsWith("[");
    return isStray ? Math.min(longestStray, this.#maxBuffer) : this.#maxBuffer;
  }
}
