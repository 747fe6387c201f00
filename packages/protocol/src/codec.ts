import type { Carriage } from "./carriage.ts";

/**
 * How messages become what a transport carries. A codec is only a description;
 * each session makes its own {@link CodecSession}, so that state never mixes.
 */
export interface Codec {
  /** Told in hello, so that two ends that differ find out at once. */
  readonly name: string;
  /** What {@link CodecSession.encode} makes. `"json"` also fits transports that clone. */
  readonly carries: Carriage;
  /** True when messages can be found again in a stream of bytes without boundaries. */
  readonly framed: boolean;
  /** What pieces of a fragmented frame it can carry inside a frame. Default `"text"`. */
  readonly chunks?: "text" | "bytes";
  /**
   * For codecs that carry bytes beside their text: what stands for bytes in a frame
   * that is encoded, a copy, since they may change until then. Decoded frames hold a Uint8Array in that place. Without it bytes
   * become base64 on carriers that do not clone.
   */
  readonly attach?: (bytes: Uint8Array) => unknown;
  /** The media type of what it makes, for carriers that name one. */
  readonly contentType?: string;
  /** False for the languages of strangers, who send and expect no hello. Default true. */
  readonly greets?: boolean;
  /** For codecs of objects: how a frame that is too large for its carrier is cut. Default: it is refused. */
  readonly pieces?: FramePieces;
  /** Makes the state of one session. */
  open(options?: CodecOptions): CodecSession;
}

/**
 * A frame of objects in parts that can be cut, and back, for carriers that limit what they take: a text first,
 * then the bytes that it speaks of, which ride as they are.
 */
export interface FramePieces {
  /**
   * The parts of a frame, or `undefined` when it is within `limit` and goes as it is.
   * Throws an RpcError INVALID_ARGUMENT for what has no such form.
   */
  write(frame: unknown, limit: number): readonly (string | Uint8Array)[] | undefined;
  /** The frame that pieces of parts, all foreign, stand for. Throws an RpcError PROTOCOL_ERROR or RESOURCE_EXHAUSTED. */
  read(pieces: readonly (string | Uint8Array)[], guard: DecodeGuard | undefined): unknown;
}

/** What a session tells its codec. */
export interface CodecOptions {
  /** The longest piece in bytes that may be waiting for its end. Default 16 MiB. */
  readonly maxBuffer?: number;
  /** Limits towards an untrusted peer, checked before anything recurses. */
  readonly guard?: DecodeGuard;
}

/** How deep and how large foreign data may be. */
export interface DecodeGuard {
  readonly depth: number;
  readonly nodes: number;
}

/** The two directions of one session. */
export interface CodecSession {
  /**
   * Turns one frame (a message, or a batch of them) into what the transport
   * carries; `undefined` says that this peer does not know such things. A fragment
   * may come in parts, a list, each sent as a message: where the codec is framed.
   */
  encode(frame: unknown): unknown;
  /**
   * Takes what arrived and returns the frames that are complete now, unchecked.
   * Throws an RpcError PROTOCOL_ERROR or RESOURCE_EXHAUSTED for what cannot be one.
   */
  decode(data: unknown): readonly unknown[];
}
