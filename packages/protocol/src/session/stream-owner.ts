import type { RpcError } from "../error.ts";
import type { ItemsMessage, Message } from "../message.ts";
import type { Packed } from "../values/pack.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type { Limits } from "./limits.ts";
import type { Passage } from "./passage.ts";
import type { CallScope } from "./scope.ts";

/** How what streams carry is written to the peer, and read. */
export interface StreamValues {
  packItem(item: unknown, call: IncomingCall | undefined): Packed;
  packFailure(error: unknown, path: readonly string[], delivered: "yes"): Packed;
  packReason(reason: unknown): Packed;
  unpackReason(data: unknown, table: unknown): unknown;
  unpackItems(message: ItemsMessage): readonly unknown[];
  unpackError(error: unknown, table: unknown): RpcError;
  unpackValue(value: unknown, table: unknown, root: string, passage: Passage): unknown;
}

/** What streams need of their session. */
export interface StreamOwner {
  readonly limits: Limits;
  /** What an untrusted peer counts is counted again. */
  readonly trusted: boolean;
  /** The peer is across a network. */
  readonly network: boolean;
  /** The port would rather not take more. */
  readonly blocked: boolean;
  readonly values: StreamValues;
  nextId(): number;
  send(message: Message, packed?: Packed): void;
  sendUrgent(message: Message): void;
  /** Whether something is owed over there: only then does the session watch for death. */
  owe(by: 1 | -1): void;
  /** What went wrong after nobody listened any more. */
  report(error: unknown): void;
  /** A stream has ended. */
  checkIdle(): void;
}

/** How the call of a stream bounds it. */
export interface StreamBounds {
  readonly signal?: AbortSignal | undefined;
  readonly idleTimeout?: number | undefined;
}

/** What binds a stream to its call. */
export interface StreamTie {
  /** Says that the stream has ended, so that its call can end too. */
  readonly ended?: () => void;
  /** The call that the stream answers: it is told when its consumer wants no more. */
  readonly call?: IncomingCall;
  /** What was lent for the call is taken back: a stream that came with it ends. */
  readonly scope?: CallScope;
  readonly bounds?: StreamBounds;
}
