import type { Codec } from "./codec.ts";
import type { ErrorCode } from "./error-code.ts";
import type { Traits } from "./traits.ts";

/** Who is on the other end. Adapters add what their platform tells. */
export interface Peer {
  /** What kind of context it is, such as `"worker-thread"` or `"electron-frame"`. */
  readonly kind: string;
  /** Whether it is as trusted as our own code. */
  readonly trusted: boolean;
  /** What it presented at the handshake; `undefined` before. Foreign data: check it. */
  readonly metadata?: unknown;
  /** The hash of the contract that it was built with, if it gave one at the handshake. Nothing is done about it. */
  readonly contract?: string;
  /** Platform details, such as `window`, `frame`, `sender` or `request`. */
  readonly [detail: string]: unknown;
}

/** Why a transport or a session ended. */
export interface CloseReason {
  /** `"OK"` for an orderly end, otherwise what went wrong. */
  readonly code: "OK" | ErrorCode;
  readonly message: string;
  /** Which end decided: this one, the other one, or the platform between them. */
  readonly by: "local" | "remote" | "platform";
  /** What the platform reported, such as a worker's uncaught error. */
  readonly cause?: unknown;
  /** `"no"` when nothing that was sent has reached anybody: who asked was turned away, or what was dialled never began. */
  readonly delivered?: "no";
}

/**
 * Every port made alike. A transport carries whole messages in order, at most
 * once, and ends exactly once. Make one with {@link defineTransport}.
 */
export interface Transport {
  readonly traits: Traits;
  readonly peer: Peer;
  /** The port itself, told apart by identity: two transports over one port share its channels. */
  readonly port: object;
  /** What sessions speak on it unless they are told. Default: the plainest codec that fits. */
  readonly codec?: Codec | undefined;
  /** True while the port would rather not take more; see {@link Transport.onWritable}. */
  readonly blocked: boolean;
  /** Set once the transport has ended. */
  readonly ended: CloseReason | undefined;
  /** Resolves when the transport ends, for whatever reason. Never rejects. */
  readonly closed: Promise<CloseReason>;
  /**
   * Sends one message, moving what `transfer` lists. Bytes of a codec are handed over: once they have left, something else
   * may be written in their memory.
   * Throws an RpcError UNAVAILABLE after the end, and whatever the platform throws
   * for a message that it refuses; the transport lives on then.
   */
  send(message: unknown, transfer?: readonly object[]): void;
  /** Hears every message from now on, and those kept since the start. Returns the way to stop. */
  receive(receiver: (message: unknown) => void): () => void;
  /** Calls back once at the end, in the same turn; in a microtask if it has ended already. */
  onClose(listener: (reason: CloseReason) => void): () => void;
  /** Calls back each time the port can take more again. */
  onWritable(listener: () => void): () => void;
  /** Says whether work is pending, so that the port may keep its process alive. */
  hold(busy: boolean): void;
  /** Ends the transport. Calling it twice is quiet. */
  close(reason?: CloseReason): void;
}

/** The end of a transport or session that closed because this side asked. */
export const closedHere: CloseReason = { code: "OK", message: "closed by this side", by: "local" };
