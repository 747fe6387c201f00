import type { RpcTarget, SessionStats } from "@portolan/protocol";

/** A function of the near side. */
export type Callback = (...args: never[]) => unknown;

/** What the far side tells of itself. */
export interface FarFacts {
  /** Whether it trusts the near side. */
  readonly trusted: boolean;
  /** What it takes the near side for. */
  readonly kind: string;
}

/** An object by reference that counts, and whose disposal is counted. */
export interface CounterTarget extends RpcTarget {
  increase(by?: number): number;
}

/** Calls that give values, errors, nothing. */
export interface PlainApi {
  echo(value: unknown): unknown;
  add(a: number, b: number): number;
  /** What the far side sees of a value, as text. */
  show(value: unknown): string;
  fail(how: "range" | "rpc" | "text" | "undefined" | "code"): never;
  nothing(): void;
  /** Lists inside one another. */
  nest(depth: number): unknown;
  users: { byName(name: string): { name: string; orders: { latest(): { of: string; id: number } } } };
}

/** Calls that tell what happened over there. */
export interface ObservingApi {
  facts(): FarFacts;
  stats(): SessionStats;
  /** Collects garbage, where the runtime lets programs do so. */
  collect(): void;
  /** The errors that no caller heard of, forgotten with this. */
  takeReports(): string[];
  note(item: unknown): void;
  noted(): unknown[];
  /** Runs once more under this key; tells how often by now. */
  run(key: string): number;
  ran(key: string): number;
  metadata(): unknown;
}

/** Calls that last, and ends. */
export interface LastingApi {
  /** Never answers; notes its start and its abort. */
  hang(key: string): Promise<never>;
  /** Never answers and does not listen to its signal. */
  abandon(): Promise<never>;
  /** Answers with the reason once the signal that was passed aborts. */
  untilAborted(signal: AbortSignal): Promise<string>;
  /** Answers some turns of the event loop later. */
  later<T>(turns: number, value: T): Promise<T>;
  leave(code: "OK" | "UNAVAILABLE"): void;
  drain(ms: number): void;
}

/** Calls that call back, and what they keep. */
export interface CallingApi {
  callBack(callback: Callback, ...args: unknown[]): Promise<unknown>;
  /** Calls the function that a callback returns, and gives it back. */
  callTwice(callback: Callback, first: unknown, second: unknown): Promise<unknown>;
  callMany(callback: Callback, times: number): Promise<unknown[]>;
  callAndForget(callback: Callback): void;
  /** Calls it never; returns the way to unsubscribe, which is counted under `"off"`. */
  subscribe(callback: Callback): (() => void) & Disposable;
  /** Remembers what it was lent without keeping it. */
  borrow(key: string, callback: Callback): void;
  keep(key: string, callback: Callback): void;
  callKept(key: string, ...args: unknown[]): Promise<unknown>;
  giveBack(key: string): void;
}

/** Calls that pass references. */
export interface ReferenceApi {
  adder(n: number): (by: number) => number;
  adders(count: number): ((by: number) => number)[];
  counter(): CounterTarget;
  same(a: unknown, b: unknown): boolean;
  mine(): () => string;
  isMine(value: unknown): boolean;
  apart(value: unknown): { inside: unknown[] };
  wait(promise: unknown): Promise<unknown>;
  /** A promise of the value, some turns of the event loop later; below 0 for never. */
  promised(turns: number, value: unknown): { promise: Promise<unknown> };
  broken(message: string): { promise: Promise<never> };
  unread(promise: unknown): void;
  /** Moves back what arrived. */
  moveBack(value: unknown): unknown;
}

/** Calls that give and take streams. */
export interface StreamingApi {
  /** 0 to n-1, then returns `"end"`; its `finally` is counted under `finally <key>`. */
  numbers(n: number, key: string): AsyncGenerator<number, string>;
  /** Gives n items, then throws. */
  failing(n: number): AsyncGenerator<number, never>;
  /** Goes on for ever; each item made is counted under the key. */
  endless(key: string): AsyncGenerator<number, never>;
  /** Gives nothing and waits for ever. */
  silent(key: string): AsyncGenerator<never, never>;
  sum(items: AsyncIterable<number>): Promise<number>;
  /** Takes n items, then breaks. */
  take(items: AsyncIterable<unknown>, n: number): Promise<unknown[]>;
  /** How a stream went: its items, and how it ended. */
  drainAll(items: AsyncIterable<unknown>): Promise<{ items: unknown[]; end: string }>;
  /** Takes a stream and reads nothing of it. */
  ignore(items: AsyncIterable<unknown>): Promise<void>;
  double(items: AsyncIterable<number>): AsyncGenerator<number, void>;
  readable(n: number): ReadableStream;
  gather(stream: ReadableStream): Promise<unknown[]>;
  /** What is written to it is noted. */
  sink(): WritableStream;
  fill(stream: WritableStream, n: number): Promise<void>;
}

/** Everything that the far side exposes to the cases. */
export interface FixtureApi extends PlainApi, ObservingApi, LastingApi, CallingApi, ReferenceApi, StreamingApi {}
