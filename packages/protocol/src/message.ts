/**
 * The wire, and only the wire: one interface per message and one union at the
 * end. PROTOCOL.md says in prose what each side must do with them.
 *
 * Messages are flat tuples that begin with an integer kind. Optional slots at the
 * end are left out; a skipped slot in the middle is `null`.
 */

import * as Kind from "./message-kind.ts";

/** The version in hello: that of PROTOCOL.md. Sides of different versions do not talk. */
export const PROTOCOL_VERSION = 1;

/** How many calls may be in flight before the peer's hello says how many it grants. */
export const earlyCalls = 64;

export { Kind };

/** A key of an object or an index of an array. */
export type Key = string | number;

/**
 * One special value: its kind (see `values/kinds.ts`), the path to its place in
 * the plain data, and what that kind needs besides the data at the place.
 */
export type TableEntry = readonly [kind: number, path: readonly Key[], ...rest: unknown[]];

/** The side table: every special value of one message. */
export type Table = readonly TableEntry[];

/** What a call runs on: 0 the exposed API, > 0 an export of the receiver, < 0 the held result of call `-target`. */
export type Target = number;

/** Path segments, or the number that a `path` message gave them. */
export type WirePath = number | readonly string[];

/** What a call may carry besides its arguments. */
export interface CallExtra {
  /** Milliseconds until the caller gives up. */
  readonly timeout?: number;
  readonly metadata?: unknown;
  readonly metadataTable?: Table;
  /** Calls with the same key run once. */
  readonly key?: string;
  /** The id of the last item that the caller has seen of a stream that it resumes. */
  readonly after?: string;
  /** 1: keep the result until it is released by `-id`, because later calls are built on it. */
  readonly hold?: 1;
}

/** Opens a conversation: who I am, what I grant. */
export interface HelloBody {
  /** The session of the sender, unique for its life. */
  readonly session: string;
  readonly codec: string;
  /** What the way from the sender to the receiver carries at most; relays narrow it. */
  readonly carries: string;
  /** What the way moves at most; relays narrow it. */
  readonly moves: string;
  /** The largest message of the way in bytes, 0 for no limit; relays narrow it. */
  readonly maxMessage: number;
  /** False where a part of the way loses platform objects, such as a Blob in Electron's main process; relays narrow it. */
  readonly platformObjects?: boolean;
  /** False once a relay has narrowed trust. */
  readonly trusted: boolean;
  readonly features: readonly string[];
  /** Calls in flight that the sender grants. Until hello arrives, {@link earlyCalls} are granted. */
  readonly calls: number;
  /** The largest message in bytes that the sender takes, 0 for no limit. */
  readonly accepts: number;
  readonly metadata?: unknown;
  readonly metadataTable?: Table;
  /** A hash of the contract that the sender was built with. Reported, never enforced. */
  readonly contract?: string;
  /** True in the answer to a hello, so that a repeated hello stops. */
  readonly answer?: boolean;
}

export type HelloMessage = readonly [kind: typeof Kind.hello, version: number, body: HelloBody];
/** `args` is the list of arguments, or the only argument itself when that is no array. */
export type CallMessage = readonly [
  kind: typeof Kind.call,
  id: number,
  target: Target,
  path: WirePath,
  args: unknown,
  table?: Table | null,
  extra?: CallExtra | null,
];
export type NotifyMessage = readonly [
  kind: typeof Kind.notify,
  target: Target,
  path: WirePath,
  args: unknown,
  table?: Table | null,
  extra?: CallExtra | null,
];
/** `open` is 1 when streams of the call go on: `done` will follow. */
export type ResolveMessage = readonly [
  kind: typeof Kind.resolve,
  id: number,
  value: unknown,
  table?: Table | null,
  open?: 1,
];
export type RejectMessage = readonly [kind: typeof Kind.reject, id: number, error: unknown, table?: Table | null];
export type CancelMessage = readonly [kind: typeof Kind.cancel, id: number, reason?: unknown, table?: Table | null];
export type DoneMessage = readonly [kind: typeof Kind.done, id: number];
export type PathMessage = readonly [kind: typeof Kind.path, number: number, segments: readonly string[]];
export type RetainMessage = readonly [kind: typeof Kind.retain, ref: number];
export type ReleaseMessage = readonly [kind: typeof Kind.release, ref: number, count: number];
export type SettleMessage = readonly [
  kind: typeof Kind.settle,
  ref: number,
  ok: 0 | 1,
  value: unknown,
  table?: Table | null,
];
export type AbortMessage = readonly [kind: typeof Kind.abort, ref: number, reason: unknown, table?: Table | null];
/** `bytes` is what the items count against the credit; `metas` holds `[index, id, retry]` for items that carry them. */
export type ItemsMessage = readonly [
  kind: typeof Kind.items,
  stream: number,
  items: readonly unknown[],
  bytes: number,
  table?: Table | null,
  metas?: readonly (readonly [index: number, id: string | null, retry: number | null])[],
];
export type EndMessage = readonly [kind: typeof Kind.end, stream: number, value?: unknown, table?: Table | null];
export type FailMessage = readonly [kind: typeof Kind.fail, stream: number, error: unknown, table?: Table | null];
/** Totals since the start of the stream, so that a lost or repeated credit does no harm. */
export type CreditMessage = readonly [kind: typeof Kind.credit, stream: number, items: number, bytes: number];
export type StopMessage = readonly [
  kind: typeof Kind.stop,
  stream: number,
  how: 0 | 1,
  value?: unknown,
  table?: Table | null,
];
export type FragmentMessage = readonly [
  kind: typeof Kind.fragment,
  id: number,
  last: 0 | 1,
  chunk: string | Uint8Array,
];
export type PingMessage = readonly [kind: typeof Kind.ping, number: number];
export type PongMessage = readonly [kind: typeof Kind.pong, number: number];
/** `drain` is 1 when the sender only refuses new calls and will close when its work is done. */
export type GoodbyeMessage = readonly [kind: typeof Kind.goodbye, code: string, message: string, drain?: 1];

/** One protocol unit. */
export type Message =
  | HelloMessage
  | CallMessage
  | NotifyMessage
  | ResolveMessage
  | RejectMessage
  | CancelMessage
  | DoneMessage
  | PathMessage
  | RetainMessage
  | ReleaseMessage
  | SettleMessage
  | AbortMessage
  | ItemsMessage
  | EndMessage
  | FailMessage
  | CreditMessage
  | StopMessage
  | FragmentMessage
  | PingMessage
  | PongMessage
  | GoodbyeMessage;
