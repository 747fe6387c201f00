import { type CallOptions, mergeOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import type { ResultBase, StubBase, StubPath } from "./stub-base.ts";
import { nodeOf } from "./stub-proxy.ts";

/** How a call went. A failure is made into an error only for whoever reads it, so that it shows their stack. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: () => RpcError };

/** What a result needs of the session that made the call. */
export interface ResultOwner {
  /** Calls made on the result before its call has left, so that they travel with it. */
  pipeline(base: CallResult): StubBase | undefined;
  /** Nobody read this failure. */
  unread(error: RpcError, path: readonly string[]): void;
}

/**
 * The result of one call, settled exactly once. The promise is made when somebody
 * wants it: a call whose result nobody reads costs none, and its failure never
 * becomes an unhandled rejection.
 */
export class CallResult implements ResultBase {
  readonly result: ResultBase = this;
  /** 0 until its call is ready to leave. */
  id: number;
  readonly path: readonly string[];
  readonly #owner: ResultOwner;
  #outcome: Outcome | undefined;
  #promise: Promise<unknown> | undefined;
  #wake: ((outcome: Outcome) => void) | undefined;

  constructor(owner: ResultOwner, id: number, path: readonly string[]) {
    this.#owner = owner;
    this.id = id;
    this.path = path;
  }

  get settled(): boolean {
    return this.#outcome !== undefined;
  }

  /** Settles the result. Only the first outcome counts; says whether this was it. */
  settle(outcome: Outcome): boolean {
    if (this.#outcome) return false;
    this.#outcome = outcome;
    if (this.#wake) this.#wake(outcome);
    else if (!outcome.ok) setTimeout(() => this.#tellIfUnread(outcome.error));
    return true;
  }

  /** The promise of the value. Reading it is what makes a failure the reader's. */
  promise(): Promise<unknown> {
    this.#promise ??= outcomeOf(
      this.#outcome ??
        new Promise<Outcome>((resolve) => {
          this.#wake = resolve;
        }),
    );
    return this.#promise;
  }

  call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase {
    // Test runners call what they are shown when it is a function: `expect(client.f()).rejects`. So a bare call of a
    // result waits for it, fails as it fails, and is the result itself when that is no function.
    const bare = args.length === 0 && path.segments.length === 0;
    const direct = this.#outcome || bare ? undefined : this.#owner.pipeline(this);
    if (direct) return direct.call(path, args, options);
    const later = new CallResult(this.#owner, 0, [...this.path, ...path.segments]);
    this.promise()
      .then((value) => (bare && typeof value !== "function" ? value : callOn(value, path.segments, args, options)))
      .then(
        (value) => later.settle({ ok: true, value }),
        (error: unknown) => later.settle({ ok: false, error: () => RpcError.from(error) }),
      );
    return later;
  }

  notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    const direct = this.#outcome ? undefined : this.#owner.pipeline(this);
    if (direct) return direct.notify(path, args, options);
    this.promise().then(
      (value) => callOn(value, path.segments, args, options),
      () => {},
    );
  }

  #tellIfUnread(error: () => RpcError): void {
    if (!this.#promise) this.#owner.unread(error(), this.path);
  }
}

/**
 * An async function on purpose: the error made after its await carries, in V8's
 * async stack traces, the line of whoever awaits the call.
 */
async function outcomeOf(settling: Promise<Outcome> | Outcome): Promise<unknown> {
  const outcome = await settling;
  if (outcome.ok) return outcome.value;
  throw outcome.error();
}

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
    at = memberOf(at, segment);
  }
  const node = nodeOf(at);
  if (node) return node.base.call(node, args, options ? mergeOptions(node.options, options) : node.options).promise();
  if (typeof at === "function") return Reflect.apply(at, holder, args);
  const where = JSON.stringify(segments.join("."));
  throw new RpcError("UNIMPLEMENTED", `the result has no function at ${where}`, { delivered: "no" });
}

/** A property of a stub, or an own property of a value. */
function memberOf(value: unknown, key: string): unknown {
  const own = nodeOf(value) !== undefined || (typeof value === "object" && value !== null && Object.hasOwn(value, key));
  return own ? (value as Record<string, unknown>)[key] : undefined;
}
