import type { RpcError } from "./error.ts";
import type { CallError, LazyTypes, NoErrors, ProcedureTypes } from "./procedure-types.ts";
import type { RpcTarget } from "./rpc-target.ts";

/**
 * What this side sees of an API over there: the same shape, every function
 * asynchronous. Plain functions keep their parameters; of overloads the last one
 * shows, and of generic ones what their type parameters extend.
 */
export type Remote<T> = 0 extends 1 & T
  ? T // any: whoever says so wants no types
  : T extends { readonly "~portolan": infer P extends ProcedureTypes["~portolan"] }
    ? RemoteProcedure<P["input"], P["output"], P["errors"]>
    : T extends (...args: infer A) => infer R
      ? (...args: Sent<A>) => RemoteResult<R>
      : T extends LazyTypes<infer Router>
        ? Remote<Router>
        : T extends RpcTarget
          ? RemoteTarget<T>
          : T extends object
            ? { readonly [K in keyof T]: Remote<T[K]> }
            : unknown extends T
              ? unknown
              : never;

/** A procedure over there: called with its declared input, or with nothing where it has none. */
export interface RemoteProcedure<Input, Output, Errors = NoErrors> extends ProcedureTypes<Input, Output, Errors> {
  (
    ...input: undefined extends Input ? [input?: SentValue<Input>] : [input: SentValue<Input>]
  ): RemoteResult<Output, Errors>;
}

/**
 * The result of a call: a promise of what arrives, whose functions can be called
 * before it has (in the same turn without a further round trip).
 */
export type RemoteResult<R, Errors = NoErrors> = RemotePromise<Received<Awaited<R>>, Errors> & Ahead<Awaited<R>>;

/** A promise that knows, for types only, which errors its procedure declares. */
export interface RemotePromise<Data, Errors = NoErrors> extends Promise<Data> {
  readonly "~errors"?: Errors;
}

/** What can be done with a result before it is there. */
export type Ahead<T> = [T] extends [never]
  ? unknown // a handler that only throws
  : T extends Whole
    ? unknown
    : T extends (...args: infer A) => infer R
      ? (...args: Sent<A>) => RemoteResult<R>
      : T extends RpcTarget
        ? Omit<RemoteTarget<T>, typeof Symbol.dispose>
        : T extends AsyncIterable<infer Item>
          ? AsyncIterable<Received<Item>>
          : T extends readonly unknown[] | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
            ? unknown
            : T extends object
              ? { readonly [K in keyof T]: PartAhead<T[K]> }
              : unknown;

type PartAhead<T> = T extends (...args: infer A) => infer R
  ? (...args: Sent<A>) => RemoteResult<R>
  : PromiseLike<Received<T>> & Ahead<T>;

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
          ? RemoteStream<Received<Item>, Return>
          : T extends ReadonlyMap<infer K, infer V>
            ? Map<Received<K>, Received<V>>
            : T extends ReadonlySet<infer V>
              ? Set<Received<V>>
              : T extends object
                ? { [K in keyof T]: Received<T[K]> }
                : T;

/** A stream that arrives: pulled item by item, ended by `break`, `return()` or disposal. */
export interface RemoteStream<Item, Return = void>
  extends AsyncIterableIterator<Item, Return, undefined>,
    AsyncDisposable {
  [Symbol.asyncIterator](): RemoteStream<Item, Return>;
}

/** An object over there: its methods, and the way to give it back. Its fields stay there. */
export type RemoteTarget<T> = Disposable & {
  readonly [K in keyof T]: K extends `_${string}` | `~${string}`
    ? never
    : T[K] extends (...args: infer A) => infer R
      ? (...args: Sent<A>) => RemoteResult<R>
      : never;
};

/** What may be given for a list of arguments. */
export type Sent<T extends readonly unknown[]> = { [K in keyof T]: SentValue<T[K]> };

/** One argument: itself, a promise of it such as the result of another call, or the stub of a target on its way home. */
export type SentValue<T> = T | PromiseLike<T> | (T extends RpcTarget ? RemoteTarget<T> : never);

/** Of a procedure what its callers give; of a plain function the list of its parameters. */
export type InputOf<F> = F extends { readonly "~portolan": infer P extends ProcedureTypes["~portolan"] }
  ? P["input"]
  : F extends (...args: infer A) => unknown
    ? A
    : never;

/** What a call of this function or procedure, of an API or of a client, resolves to. */
export type OutputOf<F> = F extends { readonly "~portolan": infer P extends ProcedureTypes["~portolan"] }
  ? Received<Awaited<P["output"]>>
  : F extends (...args: never) => infer R
    ? R extends RemotePromise<infer Data, unknown>
      ? "~errors" extends keyof R
        ? Data
        : Received<Awaited<R>>
      : Received<Awaited<R>>
    : never;

/** The items of the stream that a call of this function or procedure resolves to. */
export type ItemOf<F> = OutputOf<F> extends AsyncIterable<infer Item> ? Item : never;

/** What a call of this function or procedure can reject with. */
export type ErrorOf<F> = F extends { readonly "~portolan": infer P extends ProcedureTypes["~portolan"] }
  ? CallError<P["errors"]>
  : RpcError;

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
  | AbortSignal
  | ReadableStream
  | WritableStream
  | BlobLike
  | PortLike
  | BitmapLike;

/** Blob and File, on platforms that have them. */
interface BlobLike {
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number): unknown;
}

/** MessagePort, on platforms that have it. */
interface PortLike {
  postMessage(message: never): void;
  start(): void;
  close(): void;
}

/** ImageBitmap and VideoFrame, on platforms that have them. */
interface BitmapLike {
  close(): void;
  readonly width: number;
  readonly height: number;
}
