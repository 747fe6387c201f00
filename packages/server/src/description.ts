import { isObject, type JsonSchema } from "./json-schema.ts";

/** What can be told of one schema without its library. */
export interface SchemaDescription {
  /** Which values there are; missing where the library shows no JSON Schema. */
  readonly json?: JsonSchema;
  /** The library that shows none. */
  readonly vendor?: string;
  /** Nothing at all (`undefined`) will do too. */
  readonly optional?: true;
}

/** What callers see of one procedure. What is not declared is missing. */
export interface ProcedureDescription {
  /** Missing where neither `output` nor `yields` says so. */
  readonly kind?: "call" | "stream";
  /** A function without schemas: nothing but its path is known. */
  readonly plain?: true;
  readonly input?: SchemaDescription;
  /** What a call gives, or the items of a stream. */
  readonly output?: SchemaDescription;
  /** What a stream returns at its end. */
  readonly returns?: SchemaDescription;
  /** The declared codes; null for one without data. */
  readonly errors?: { readonly [code: string]: SchemaDescription | null };
  readonly idempotent?: true;
}

/** What {@link describeContract} writes: plain JSON, to be kept in a file. */
export interface ContractDescription {
  /** The version of this form. */
  readonly portolan: 1;
  /** The same for contracts that callers cannot tell apart, as far as their schemas show. */
  readonly hash: string;
  /** By path, such as `users.get`, in order. */
  readonly procedures: { readonly [path: string]: ProcedureDescription };
}

/** Reads a description from JSON. Throws a TypeError that says what was wrong. */
export function parseDescription(value: unknown): ContractDescription {
  if (!isObject(value) || !("portolan" in value)) throw new TypeError("this is no description of a contract");
  const { portolan, hash, procedures } = value;
  if (portolan !== 1)
    throw new TypeError(`this description has the form ${String(portolan)}, expected 1: write it anew`);
  if (typeof hash !== "string" || !isObject(procedures)) throw new TypeError("this description has no procedures");
  for (const [path, procedure] of Object.entries(procedures)) checkProcedure(path, procedure);
  // Checked above, as far as it is read.
  return value as unknown as ContractDescription;
}

function checkProcedure(path: string, procedure: unknown): void {
  if (!isObject(procedure)) throw new TypeError(`the description of ${path} is no object`);
  const { errors = {}, input, output, returns } = procedure;
  if (!isObject(errors)) throw new TypeError(`the errors of ${path} are no object`);
  for (const schema of [input, output, returns, ...Object.values(errors)]) {
    if (schema === undefined || schema === null) continue;
    if (isObject(schema) && (schema["json"] === undefined || isSchema(schema["json"]))) continue;
    throw new TypeError(`a schema of ${path} cannot be read`);
  }
}

function isSchema(value: unknown): boolean {
  return typeof value === "boolean" || isObject(value);
}
