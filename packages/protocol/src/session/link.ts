import type { CallOptions } from "../call-options.ts";
import type { RpcError } from "../error.ts";
import type { AbortMessage, Message, SettleMessage, WirePath } from "../message.ts";
import type { SessionOptions } from "../session-options.ts";
import type { CallSession, IncomingCall } from "./incoming-call.ts";
import type { Limits } from "./limits.ts";
import type { Outgoing, Ticket } from "./outgoing.ts";
import type { Passage } from "./passage.ts";
import type { CallScope } from "./scope.ts";
import type { ResultBase, StubPath } from "./stub-base.ts";

/** What speaks of a promise or a signal that came with a call. */
export type FollowUp = SettleMessage | AbortMessage;

/** Where calls of ours come in. */
export interface Entrance {
  /** Starts a call on a reference. `keep` is not collected before the answer. */
  call(
    target: number,
    path: StubPath,
    args: readonly unknown[],
    options: CallOptions | undefined,
    keep: object,
  ): ResultBase;
  notify(target: number, path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void;
}

/** How values are written to the peer, and read. */
export interface Values {
  packArguments(args: readonly unknown[], passage: Passage): Outgoing;
  packResult(value: unknown, call: IncomingCall): Outgoing;
  /** Packs a failure for the peer; one that the peer is not told of is reported here. */
  packFailure(error: unknown, path: readonly string[], delivered: "no" | "yes"): Outgoing;
  /** The arguments; what must settle before they are whole goes to `call.waits`. */
  unpackArguments(args: unknown, table: unknown, call: IncomingCall): readonly unknown[];
}

/** What every room sees of the session: the one way from a room to its neighbours. */
export interface Link extends CallSession {
  readonly limits: Limits;
  readonly options: SessionOptions;
  /** False until the peer has been let in: its calls are parked. */
  readonly admitted: boolean;
  /** What the peer says needs no counting. */
  readonly trusted: boolean;
  /** True when values of every kind may ride natively. */
  readonly clones: boolean;

  /** Sends a message in its turn. `size` counts when nothing was packed. */
  send(message: Message, packed?: Outgoing, size?: number): Ticket;
  /** Sends a message that may pass others. */
  sendUrgent(message: Message): void;
  /** Takes a message back. Says whether it was still here. */
  takeBack(ticket: Ticket): boolean;
  hasLeft(ticket: Ticket): boolean;

  /** Why no call can be made on `target` now, if so. */
  refusal(target: number): RpcError | undefined;
  /** The peer owes us one thing more or less. */
  owe(by: 1 | -1): void;
  /** Something has ended: a drain may be over. */
  checkIdle(): void;
  /** Something went wrong that no peer hears of. */
  report(error: unknown, path?: readonly string[]): void;
  /** Nobody read the failure of a call of ours. */
  unread(error: RpcError, path: readonly string[]): void;

  /** Where calls on references come in. */
  readonly entry: Entrance;
  readonly values: Values;

  /** A fresh id for something of ours that the peer may name. */
  nextId(): number;
  writePath(path: StubPath): WirePath;
  readPath(path: WirePath): readonly string[];

  /** Sends how a promise of ours settled; what goes along is lent or owned as the promise was. */
  sendSettled(id: number, ok: boolean, value: unknown, scope: CallScope | undefined): void;
  sendAbort(id: number, reason: unknown, scope: CallScope | undefined): void;

  /** What a call runs on: the exposed API, an export. Throws for an unknown one. */
  findTarget(target: number): unknown;
  /** Whether what the message speaks of has arrived. */
  knows(message: FollowUp): boolean;
  followUp(message: FollowUp): void;
  /** Nobody takes this result any more, which would have crossed by reference. */
  discard(result: object): void;
}
