import type { Call } from "@portolan/protocol";
import type { ErrorConstructors } from "./declared-errors.ts";
import type { NoErrors } from "./standard-schema.ts";

/** What a middleware and a handler see of a call. */
export interface Ground<Context, Input, Errors> {
  /** What the peer sent; after `.input(schema)`, as the schema gives it. */
  readonly input: Input;
  /** What `context(peer)` made, and what middleware added. */
  readonly context: Context;
  /** Aborted when the caller gives up, a deadline passes or the session ends. */
  readonly signal: AbortSignal;
  /** Makes the declared errors: `throw errors.NOT_FOUND({ id })`. */
  readonly errors: ErrorConstructors<Errors>;
  /** The path that was called. */
  readonly path: readonly string[];
  /** What `.meta(…)` says of the procedure. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** The call itself: peer, metadata, remaining time, the other side's API. */
  readonly call: Call;
}

/** What a middleware gets: the call, and the way on. */
export interface MiddlewareOptions<Context = Record<never, never>, Input = unknown, Errors = NoErrors>
  extends Ground<Context, Input, Errors> {
  /**
   * Goes on to what is inside. Resolves with its output (a stream for a stream) and
   * rejects with its error; `context` is added to that of everything inside.
   */
  next<Added extends object = Record<never, never>>(options?: { readonly context?: Added }): Promise<Outcome<Added>>;
  /** Answers with a value of its own, without or instead of what is inside: `return answer(cached)`. */
  answer(value: unknown): Outcome<never>;
}

/** What a middleware returns: what `next` gave it, perhaps changed, or an answer of its own. */
export interface Outcome<Added = Record<never, never>> {
  readonly output: unknown;
  /** For types only. */
  readonly "~added"?: Added;
}

/** A middleware, for storing. To write one, annotate its parameter: `({ next }: MiddlewareOptions<{ user: User }>) => next()`. */
export type Middleware = (
  options: MiddlewareOptions<never, never, never>,
) => Outcome<unknown> | Promise<Outcome<unknown>>;

/** A context with more in it; what is added takes the place of what was there. */
export type Merged<Context, Added> = [Added] extends [never]
  ? Context
  : [keyof Context & keyof Added] extends [never]
    ? Context & Added
    : Omit<Context, keyof Added> & Added;
