import type { CallOptions } from "../call-options.ts";

/** A path over there, and the number that a session gave it. */
export interface StubPath {
  readonly segments: readonly string[];
  /** The session that interned this path last, and the number it gave. */
  internedBy?: object;
  internedAs?: number;
}

/**
 * What a stub stands on: a session's root, an export of the peer, the result of
 * a call, or a client whose session changes.
 */
export interface StubBase {
  /** Starts a call. Never throws: what goes wrong rejects the result. */
  call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase;
  /** Sends a notification. Throws what packing its arguments throws. */
  notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void;
  /** Gives back what this base holds, if it holds anything. */
  release?(): void;
  /** Set when this base is the result of a call. */
  readonly result?: ResultBase;
  /** What reads as a property of the stub at path [], such as a client's `close`. */
  readonly members?: ReadonlyMap<PropertyKey, unknown>;
}

/** The result of a call: its value, and what later calls can be built on. */
export interface ResultBase extends StubBase {
  /** The promise of the value. Reading it is what makes a failure the reader's. */
  promise(): Promise<unknown>;
}

/** What a stub knows of itself. */
export interface StubNode extends StubPath {
  readonly base: StubBase;
  readonly options: CallOptions | undefined;
}

/** Stubs of every copy of the package answer to it. */
export const nodeKey: unique symbol = Symbol.for("portolan.stub");

/** What `value` stands for, if it is a stub of this or any other copy of the package. */
export function nodeOf(value: unknown): StubNode | undefined {
  if (typeof value !== "function") return undefined;
  return (value as { readonly [nodeKey]?: StubNode })[nodeKey];
}
