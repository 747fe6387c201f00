import { type CallError, type DeclaredErrors, type NoErrors, type OtherErrors, RpcError } from "@portolan/protocol";

/**
 * How a call went, without a throw. Also a pair: `const [error, data] = await safe(…)`.
 * `isDefined` says whether the error is one that the procedure declares.
 */
export type SafeResult<Data, Errors = NoErrors> = Success<Data> | Failures<Errors>;

/** It resolved. */
export type Success<Data> = readonly [error: null, data: Data] & {
  readonly error: null;
  readonly data: Data;
  readonly isDefined: false;
};

/** It rejected with this. */
export type Failure<E, Defined extends boolean> = readonly [error: E, data: undefined] & {
  readonly error: E;
  readonly data: undefined;
  readonly isDefined: Defined;
};

type Failures<Errors> = [keyof Errors] extends [never]
  ? Failure<CallError<Errors>, boolean>
  : Failure<DeclaredErrors<Errors>, true> | Failure<OtherErrors<Errors>, false>;

/** The errors that the procedure of a call declares. */
export type ErrorsIn<Call> = Call extends { readonly "~errors"?: infer Errors } ? Exclude<Errors, undefined> : NoErrors;

/**
 * Awaits a call without throwing: `const { error, data } = await safe(client.users.get(7))`.
 * Where the procedure declares its errors, `error.code` tells them apart and types
 * `error.data`. Never rejects.
 */
export async function safe<Call extends PromiseLike<unknown>>(
  call: Call,
): Promise<SafeResult<Awaited<Call>, ErrorsIn<Call>>> {
  const result = await outcomeOf(call);
  // The declared errors are in the promise's type only.
  return result as SafeResult<Awaited<Call>, ErrorsIn<Call>>;
}

async function outcomeOf(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    const data = await call;
    return Object.assign([null, data], { error: null, data, isDefined: false });
  } catch (thrown) {
    const error = RpcError.from(thrown);
    return Object.assign([error, undefined], { error, data: undefined, isDefined: error.defined === true });
  }
}

/** True for an error that its procedure declares, with data as declared; anything else may come from anywhere. */
export function isDefinedError<E>(error: E): error is Extract<E, { readonly defined: true }> {
  return RpcError.is(error) && error.defined === true;
}
