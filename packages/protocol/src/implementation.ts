import type { LazyTypes, NoErrors, ProcedureTypes } from "./procedure-types.ts";
import type { Call } from "./session/incoming-call.ts";

/**
 * What implements an API that was written down first:
 * `interface Api { add(a: number, b: number): Promise<number> }` and
 * `const api = { add: (a, b) => a + b } satisfies Implementation<Api>`. A function
 * may answer at once or later, be a procedure, or be loaded when it is called.
 */
export type Implementation<Api> = { readonly [K in keyof Api]: ImplementationOf<Api[K]> };

/** The same with any part left out: for tests and mocks. What is missing is UNIMPLEMENTED. */
export type PartialImplementation<Api> = { readonly [K in keyof Api]?: PartialOf<Api[K]> };

type PartialOf<T> = T extends ProcedureTypes | ((...args: never) => unknown)
  ? ImplementationOf<T>
  : T extends LazyTypes<infer Router>
    ? PartialImplementation<Router>
    : PartialImplementation<T>;

type ImplementationOf<T> =
  T extends ProcedureTypes<infer Input, infer Output, infer Errors>
    ?
        | ProcedureTypes<Input, Output, Errors>
        | Handler<undefined extends Input ? [input?: Input] : [input: Input], Output>
    : T extends (...args: infer Args) => infer Result
      ? Handler<Args, Result> | ProcedureTypes<Args[0], Result | Awaited<Result>, NoErrors>
      : T extends LazyTypes<infer Router>
        ? T | Implementation<Router>
        : Implementation<T> | LazyTypes<Implementation<T>>;

/** `this.context` cannot be known here: annotate `this: Call<Context>`. */
type Handler<Args extends readonly unknown[], Result> = (
  this: Call<never>,
  ...args: Args
) => Result | Awaited<Result> | PromiseLike<Awaited<Result>>;
