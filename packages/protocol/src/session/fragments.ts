import { after } from "../after.ts";
import { RpcError } from "../error.ts";
import { joinBytes } from "../join-bytes.ts";
import { type FragmentMessage, Kind } from "../message.ts";
import { exceeded } from "./limits.ts";

/**
 * Cuts the parts of an encoded frame into fragments whose chunks are no longer than
 * `size`. All fragments of one message go in a row; only urgent messages come between.
 */
export function cutFragments(id: number, parts: readonly (string | Uint8Array)[], size: number): FragmentMessage[] {
  const chunks: (string | Uint8Array)[] = [];
  for (const part of parts) {
    for (let start = 0; start < part.length; start += size) {
      chunks.push(typeof part === "string" ? part.slice(start, start + size) : part.subarray(start, start + size));
    }
  }
  return chunks.map((chunk, index) => [Kind.fragment, id, index + 1 === chunks.length ? 1 : 0, chunk]);
}

/** A fragment as a carrier of objects takes it: of a view it would clone the whole buffer. */
export function ownChunk(fragment: FragmentMessage): FragmentMessage {
  const [kind, id, last, chunk] = fragment;
  if (typeof chunk === "string" || chunk.length === chunk.buffer.byteLength) return fragment;
  return [kind, id, last, chunk.slice()];
}

const smallChunk = 512;
const manySmall = 1024;

/** How much may wait for its end, and for how long. */
export interface AssemblyLimits {
  /** Bytes (text: UTF-16 units); infinite towards trusted peers. */
  readonly bytes: number;
  /** Milliseconds without a further fragment; 0 for ever. */
  readonly timeToLive: number;
}

/** Puts the fragments of one message together again, or only counts them. Only one message is under way at a time. */
export class Assembly {
  readonly #limits: AssemblyLimits;
  readonly #expired: (error: RpcError) => void;
  #id = 0;
  #chunks: (string | Uint8Array)[] = [];
  #bytes = 0;
  /** How many chunks at the end are small and of one kind. */
  #small = 0;
  #timer: unknown;

  constructor(limits: AssemblyLimits, expired: (error: RpcError) => void) {
    this.#limits = limits;
    this.#expired = expired;
  }

  /** Bytes that wait for their end. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes a fragment; returns all that was kept of the frame once it is whole. `keep` is false for who takes the chunks
   * as they come. Throws PROTOCOL_ERROR or RESOURCE_EXHAUSTED.
   */
  take([, id, last, chunk]: FragmentMessage, keep: boolean): readonly (string | Uint8Array)[] | undefined {
    if (this.#bytes > 0 && id !== this.#id) {
      throw new RpcError("PROTOCOL_ERROR", `fragment of message ${id} inside message ${this.#id}`);
    }
    this.#id = id;
    if (keep) this.#add(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.bytes) {
      // On a port that strangers use the session goes on.
      this.clear();
      throw exceeded("bytes in one message", this.#limits.bytes);
    }
    if (last === 0) return void this.#watch();
    const chunks = this.#chunks;
    this.clear();
    return chunks;
  }

  /** Small ones are put together from time to time: a peer that sends byte by byte makes few objects. */
  #add(chunk: string | Uint8Array): void {
    const alike = chunk.length < smallChunk && typeof chunk === typeof this.#chunks.at(-1);
    this.#small = alike ? this.#small + 1 : 1;
    this.#chunks.push(chunk);
    if (this.#small < manySmall) return;
    this.#chunks.push(joinChunks(this.#chunks.splice(-manySmall)));
    this.#small = 0;
  }

  /** Forgets an unfinished message. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#chunks = [];
    this.#bytes = 0;
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#limits.timeToLive === 0) return;
    this.#timer = after(this.#limits.timeToLive, () => {
      const waited = this.#limits.timeToLive;
      this.clear();
      this.#expired(new RpcError("DATA_LOSS", `message ${this.#id} was not finished within ${waited} ms`));
    });
  }
}

/** What chunks of one kind were cut from. Throws PROTOCOL_ERROR for mixed ones. */
export function joinChunks(chunks: readonly (string | Uint8Array)[]): string | Uint8Array {
  if (chunks.every((chunk) => typeof chunk === "string")) return chunks.join("");
  const parts = chunks.filter((chunk) => typeof chunk !== "string");
  if (parts.length !== chunks.length)
    throw new RpcError("PROTOCOL_ERROR", "fragments of text and of bytes in one message");
  return joinBytes(parts);
}
