import type { RpcTarget } from "./rpc-target.ts";

/**
 * What a procedure built by a package above says of itself, for types only:
 * nothing of it exists at run time. A string key, so that two copies of the
 * package agree.
 */
export interface ProcedureTypes<Input = unknown, Output = unknown, Errors = unknown> {
  readonly "~portolan"?: { readonly input: Input; readonly output: Output; readonly errors: Errors };
}

/** A branch of a router that is loaded when it is first called, for types only. */
export interface LazyTypes<Router = unknown> {
  readonly "~lazy"?: Router;
}

/** What this side sees of an API over there: the same shape, every function asynchronous. */
export type Remote<T> = "~lazy" extends keyof T
  ? // Asked by key first: `object` would pass for a lazy branch of `object`, without end.
    T extends { readonly "~lazy"?: infer Router extends object }
    ? Remote<Router>
    : never
  : "~portolan" extends keyof T
    ? T extends {
        readonly "~portolan"?: { readonly input: infer I; readonly output: infer O; readonly errors: infer E };
      }
      ? RemoteProcedure<I, O, E>
      : never
    : T extends (...args: infer A) => infer R
      ? (...args: Sent<A>) => RemoteResult<R>
      : T extends object
        ? { readonly [K in keyof T as K extends string ? K : never]: Remote<T[K]> }
        : never;

/** A procedure with a declared input: called with that, or with nothing where it has none. */
export type RemoteProcedure<Input, Output, Errors> = undefined extends Input
  ? (input?: Sent<Input>) => RemoteResult<Output, Errors>
  : (input: Sent<Input>) => RemoteResult<Output, Errors>;

/**
 * The result of a call: a promise of what arrives, whose functions can be called
 * before it has (in the same turn without a further round trip).
 */
export type RemoteResult<R, Errors = never> = RemotePromise<Awaited<R>, Errors> & Ahead<Awaited<R>>;

/** A promise that knows, for types only, which errors its procedure declares. */
export interface RemotePromise<T, Errors = never> extends Promise<Received<T>> {
  readonly "~errors"?: Errors;
}

/** What can be done with a result before it is there. */
export type Ahead<T> = T extends Whole
  ? unknown
  : T extends AsyncIterable<infer Item>
    ? AsyncIterable<Received<Item>>
    : T extends (...args: infer A) => infer R
      ? (...args: Sent<A>) => RemoteResult<R>
      : T extends readonly unknown[]
        ? unknown
        : T extends object
          ? { readonly [K in keyof T as T[K] extends Whole ? never : K extends string ? K : never]: Ahead<T[K]> }
          : unknown;

/** What a value has become when it arrives: functions and targets are stubs, streams are iterators. */
export type Received<T> = T extends Whole
  ? T
  : T extends (...args: infer A) => infer R
    ? ((...args: Sent<A>) => RemoteResult<R>) & Disposable
    : T extends RpcTarget
      ? RemoteTarget<T>
      : T extends PromiseLike<infer V>
        ? Promise<Received<V>>
        : T extends AsyncIterable<infer Item, infer Return>
          ? AsyncIterableIterator<Received<Item>, Return> & AsyncDisposable
          : T extends object
            ? { [K in keyof T]: Received<T[K]> }
            : T;

/** An object over there: its methods, and the way to give it back. */
export type RemoteTarget<T> = Disposable & {
  readonly [K in keyof T as K extends string
    ? K extends `_${string}`
      ? never
      : T[K] extends (...args: never) => unknown
        ? K
        : never
    : never]: T[K] extends (...args: infer A) => infer R ? (...args: Sent<A>) => RemoteResult<R> : never;
};

/** What may be given for a value: itself, or a promise of it, such as the result of another call. */
export type Sent<T> = T extends readonly unknown[] ? { [K in keyof T]: SentValue<T[K]> } : SentValue<T>;

/** One argument. */
export type SentValue<T> = T | PromiseLike<T>;

/** Values that arrive as they are. */
type Whole =
  | string
  | number
  | boolean
  | bigint
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | ReadonlyMap<never, never>
  | ReadonlySet<never>
  | AbortSignal
  | ReadableStream
  | WritableStream;
