import type { RpcError } from "./error.ts";
import type { KnownErrorCode } from "./error-code.ts";

/**
 * What a procedure built by a package above says of itself, for types only:
 * nothing of it exists at run time. A string key, so that two copies of the
 * package agree. `Errors` maps each declared code to the type of its data.
 */
export interface ProcedureTypes<Input = unknown, Output = unknown, Errors = unknown> {
  readonly "~portolan": { readonly input: Input; readonly output: Output; readonly errors: Errors };
}

/** A branch of a router that is loaded when it is first called, for types only. */
export interface LazyTypes<Router = unknown> {
  readonly "~lazy": Router;
}

/** No errors are declared. */
export type NoErrors = Record<never, never>;

/** An error that a procedure declares, with the data that it declares for it. */
export interface DefinedError<Code extends string, Data> extends RpcError<Code, Data> {
  readonly defined: true;
}

/** The errors that a procedure declares. */
export type DeclaredErrors<Errors> = {
  [Code in keyof Errors & string]: DefinedError<Code, Errors[Code]>;
}[keyof Errors & string];

/** Everything a call can reject with: the errors that its procedure declares, told by `code`, and Portolan's own. */
export type CallError<Errors> = [keyof Errors] extends [never]
  ? RpcError
  : DeclaredErrors<Errors> | OtherErrors<Errors>;

/** What a call can reject with besides the errors that its procedure declares. */
export type OtherErrors<Errors> = RpcError<Exclude<KnownErrorCode, keyof Errors>, unknown>;
