import { errorCodes, type Received, type RemotePromise, RpcError } from "@portolan/protocol";

/** How a call went, without a throw: `error` says which. Also a pair: `const [error, data] = await safe(…)`. */
export type SafeResult<Data, Errors> =
  | (readonly [error: null, data: Data] & { readonly error: null; readonly data: Data; readonly isDefined: false })
  | (readonly [error: ErrorsOf<Errors>, data: undefined] & {
      readonly error: ErrorsOf<Errors>;
      readonly data: undefined;
      readonly isDefined: boolean;
    });

/** The errors that a procedure declares, and all others. */
export type ErrorsOf<Errors> = [Errors] extends [never]
  ? RpcError
  : { [Code in keyof Errors & string]: RpcError<Code, Errors[Code]> }[keyof Errors & string] | RpcError<never, never>;

/**
 * Awaits a call without throwing: `const { error, data } = await safe(client.users.get(7))`.
 * Where the procedure declares its errors, `error.code` tells them apart and types
 * `error.data`. Never rejects.
 */
export async function safe<T, Errors = never>(
  call: RemotePromise<T, Errors> | PromiseLike<T>,
): Promise<SafeResult<Received<T>, Errors>> {
  try {
    const data = await call;
    return Object.assign([null, data] as const, { error: null, data, isDefined: false as const }) as SafeResult<
      Received<T>,
      Errors
    >;
  } catch (thrown) {
    const error = RpcError.from(thrown);
    const parts = { error, data: undefined, isDefined: isDefinedError(error) };
    return Object.assign([error, undefined] as const, parts) as unknown as SafeResult<Received<T>, Errors>;
  }
}

/** True for an error with a code that a router declared, rather than one of Portolan's own. */
export function isDefinedError<E>(error: E): error is Extract<E, RpcError> {
  return RpcError.is(error) && !(errorCodes as readonly string[]).includes(error.code);
}
