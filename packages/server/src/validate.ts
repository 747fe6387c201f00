import type { SchemaIssue, SchemaResult, StandardSchemaV1 } from "./standard-schema.ts";

/** One thing that is wrong with a value, in the form that crosses: `{ path: ["user", 0], message }`. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A value as its schema gives it, or what is wrong with it. */
export type Validated =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Issues told of one value: more help nobody, and cost. */
const maxIssues = 100;

/** Checks a value. Answers at once where the schema does. Throws what the schema throws. */
export function validate(schema: StandardSchemaV1, value: unknown): Validated | Promise<Validated> {
  const result = schema["~standard"].validate(value);
  return "then" in result ? result.then(read) : read(result);
}

/** The first issue in words, after the name of the value: `input.user.name: expected a string`. */
export function describeIssues(subject: string, issues: readonly Issue[]): string {
  const [first] = issues;
  if (!first) return `${subject} does not match its schema`;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  return `${first.path.reduce<string>(nameOf, subject)}: ${first.message}${more}`;
}

function read(result: SchemaResult<unknown>): Validated {
  if (result.issues === undefined) return { ok: true, value: result.value };
  return { ok: false, issues: [...result.issues].slice(0, maxIssues).map(readIssue) };
}

function readIssue({ message, path = [] }: SchemaIssue): Issue {
  // Some libraries give a list of their own class: what crosses is a plain one.
  const keys = Array.from(path, (part) => (typeof part === "object" ? part.key : part));
  return { path: keys.map((key) => (typeof key === "symbol" ? String(key) : key)), message: String(message) };
}

function nameOf(at: string, key: string | number): string {
  return typeof key === "number" ? `${at}[${key}]` : `${at}.${key}`;
}
