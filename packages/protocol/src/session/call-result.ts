import { type CallOptions, mergeOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import { memberOfValue } from "./result-members.ts";
import type { ResultBase, StubBase, StubPath } from "./stub-base.ts";
import { nodeOf } from "./stub-base.ts";
import { callStub, readStub, StubRoot } from "./stub-proxy.ts";

/** What a result needs of the session that made the call. */
export interface ResultOwner {
  /** Calls made on the result before its call has left, so that they travel with it. */
  pipeline?(base: CallResult): StubBase | undefined;
  /** Nobody read this failure. */
  unread(error: RpcError, path: readonly string[]): void;
  /** Aborts when no call can be made any more, for interceptors that wait between attempts. */
  readonly ended?: AbortSignal;
}

const resolved = /* @__PURE__ */ Promise.resolve();

/**
 * The result of one call, settled exactly once. The promise is made when somebody
 * wants it: a call whose result nobody reads costs none, and its failure never
 * becomes an unhandled rejection.
 */
export class CallResult extends StubRoot implements ResultBase {
  /** 0 until its call is ready to leave. */
  id = 0;
  readonly path: readonly string[];
  readonly #owner: ResultOwner;
  #settled = false;
  #value: unknown;
  /** Makes the failure's error, only for whoever reads it, so that it shows their stack. */
  #error: (() => RpcError) | undefined;
  #promise: Promise<unknown> | undefined;
  #wake: ((value: unknown) => void) | undefined;

  constructor(owner: ResultOwner, path: readonly string[]) {
    super();
    this.#owner = owner;
    this.path = path;
  }

  apply(_target: unknown, _self: unknown, args: readonly unknown[]): unknown {
    return callStub(this, args);
  }

  get(_target: unknown, key: string | symbol): unknown {
    return readStub(this, key);
  }

  get result(): ResultBase {
    return this;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Settles the result with a value. Only the first outcome counts; says whether this was it. */
  resolve(value: unknown): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#value = value;
    this.#wake?.(value);
    return true;
  }

  /** Settles the result with a failure. Only the first outcome counts; says whether this was it. */
  reject(error: () => RpcError): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#error = error;
    if (this.#wake) this.#wake(failLater(error));
    else setTimeout(() => this.#promise ?? this.#owner.unread(error(), this.path));
    return true;
  }

  /** Settles as a promise does. */
  adopt(promise: PromiseLike<unknown>): this {
    promise.then(
      (value) => this.resolve(value),
      (error: unknown) => this.reject(() => RpcError.from(error)),
    );
    return this;
  }

  /** The promise of the value. Reading it is what makes a failure the reader's. */
  promise(): Promise<unknown> {
    this.#promise ??= this.#open();
    return this.#promise;
  }

  call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase {
    // Test runners call what they are shown when it is a function: `expect(client.f()).rejects`. So a bare call of a
    // result waits for it, fails as it fails, and is the result itself when that is no function.
    const bare = args.length === 0 && path.segments.length === 0;
    const direct = bare ? undefined : this.#direct();
    if (direct) return direct.call(path, args, options);
    const called = this.promise().then((value) =>
      bare && typeof value !== "function" ? value : callOn(value, path.segments, args, options),
    );
    return new CallResult(this.#owner, [...this.path, ...path.segments]).adopt(called);
  }

  notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    const direct = this.#direct();
    if (direct) return direct.notify(path, args, options);
    this.promise().then(
      (value) => callOn(value, path.segments, args, options),
      () => {},
    );
  }

  #direct(): StubBase | undefined {
    return this.#settled ? undefined : this.#owner.pipeline?.(this);
  }

  #open(): Promise<unknown> {
    if (this.#error) return failLater(this.#error);
    if (this.#settled) return Promise.resolve(this.#value);
    const promise = new Promise<unknown>(capture);
    this.#wake = captured;
    captured = undefined;
    return promise;
  }
}

/** What the promise that was just made is resolved by: a closure for each of them would be a twentieth of a call's cost. */
let captured: ((value: unknown) => void) | undefined;

function capture(resolve: (value: unknown) => void): void {
  captured = resolve;
}

/**
 * A promise that fails two turns from now: by then whoever awaits the call has been
 * linked to it, and the error made then carries, in V8's async stack traces, their line.
 */
function failLater(error: () => RpcError): Promise<never> {
  return resolved.then(nothing).then(() => {
    throw error();
  });
}

function nothing(): void {}

/** Calls a member of a value that is here by now: a stub's, or one that arrived by value. */
function callOn(
  value: unknown,
  segments: readonly string[],
  args: readonly unknown[],
  options: CallOptions | undefined,
): unknown {
  let holder: unknown;
  let at = value;
  for (const segment of segments) {
    holder = at;
    at = memberOfValue(at, segment);
  }
  const node = nodeOf(at);
  if (node) return node.base.call(node, args, options ? mergeOptions(node.options, options) : node.options).promise();
  if (typeof at === "function") return Reflect.apply(at, holder, args);
  const where = JSON.stringify(segments.join("."));
  throw new RpcError("UNIMPLEMENTED", `the result has no function at ${where}`, { delivered: "no" });
}
