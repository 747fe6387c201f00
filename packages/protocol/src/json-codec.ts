import type { Codec, CodecSession, DecodeGuard } from "./codec.ts";
import { RpcError } from "./error.ts";
import { scanJson } from "./json-scan.ts";
import { otherCarriage } from "./other-carriage.ts";

/** How {@link json} writes. */
export interface JsonOptions {
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** One frame is one JSON text. For WebSockets, and for any port when text is wanted. */
export function json(options: JsonOptions = {}): Codec {
  return {
    name: "json",
    carries: "text",
    framed: false,
    contentType: options.contentType ?? "application/json",
    open: (session) => new JsonSession(session?.guard),
  };
}

/** A class, since a server has one for each of thousands of idle sessions. */
class JsonSession implements CodecSession {
  readonly #guard: DecodeGuard | undefined;

  constructor(guard: DecodeGuard | undefined) {
    this.#guard = guard;
  }

  encode(frame: unknown): string {
    return JSON.stringify(frame);
  }

  decode(data: unknown): readonly unknown[] {
    return [parseJson(data, this.#guard)];
  }
}

/**
 * Parses a JSON text that may be hostile. Throws an RpcError PROTOCOL_ERROR for
 * what is no JSON, RESOURCE_EXHAUSTED beyond the guard.
 */
export function parseJson(data: unknown, guard: DecodeGuard | undefined): unknown {
  if (typeof data !== "string") throw otherCarriage("JSON text", data);
  if (guard) scanJson(data, guard);
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new RpcError("PROTOCOL_ERROR", `expected JSON text, got ${JSON.stringify(data.slice(0, 80))}`, { cause });
  }
}
