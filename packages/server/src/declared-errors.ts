import { type DefinedError, isForeign, markDefined, RpcError } from "@portolan/protocol";
import type { ErrorSchemas, StandardSchemaV1 } from "./standard-schema.ts";
import { describeIssues, validate } from "./validate.ts";

/** One function for each declared code, that makes the error; throw it. */
export type ErrorConstructors<Errors> = {
  readonly [Code in keyof Errors]: undefined extends Errors[Code]
    ? (data?: Errors[Code], message?: string) => DefinedError<Code & string, Errors[Code]>
    : (data: Errors[Code], message?: string) => DefinedError<Code & string, Errors[Code]>;
};

/** Makes the constructors for the codes of a procedure. */
export function errorConstructors(schemas: ErrorSchemas): Readonly<Record<string, unknown>> {
  const make = (code: string) => (data?: unknown, message?: string) =>
    new RpcError(code, message ?? code.toLowerCase().replaceAll("_", " "), data === undefined ? {} : { data });
  return Object.fromEntries(Object.keys(schemas).map((code) => [code, make(code)]));
}

/**
 * What a caller is told of something thrown: an error of a declared code is checked
 * against its schema and marked as defined; one whose data does not match says so
 * here, and nothing of it there. Anything else stays as it is.
 */
export async function declaredError(schemas: ErrorSchemas, thrown: unknown): Promise<unknown> {
  // What another peer rejected with is not ours to vouch for.
  if (!RpcError.is(thrown) || isForeign(thrown) || !Object.hasOwn(schemas, thrown.code)) return thrown;
  const schema = schemas[thrown.code];
  if (!schema) return markDefined(thrown);
  const checked = await validate(schema as StandardSchemaV1, thrown.data);
  if (!checked.ok) {
    const subject = `data of error ${thrown.code}`;
    return new Error(describeIssues(subject, checked.issues), { cause: thrown });
  }
  return markDefined(checked.value === thrown.data ? thrown : withData(thrown, checked.value));
}

function withData(error: RpcError, data: unknown): RpcError {
  const changed = new RpcError(error.code, error.message, {
    data,
    ...(Object.hasOwn(error, "cause") && { cause: error.cause }),
  });
  if (error.stack !== undefined) changed.stack = error.stack;
  return changed;
}
