import type { Middleware } from "./middleware.ts";
import type { ErrorSchemas, StandardSchemaV1 } from "./standard-schema.ts";

/** What happens before the handler, in the order in which it was written. */
export type Step =
  | { readonly kind: "middleware"; readonly middleware: Middleware }
  | { readonly kind: "input"; readonly schema: StandardSchemaV1 };

/** What a builder has gathered. */
export interface Definition {
  readonly steps: readonly Step[];
  readonly output?: StandardSchemaV1;
  readonly yields?: { readonly item: StandardSchemaV1; readonly returns: StandardSchemaV1 | undefined };
  readonly errors: ErrorSchemas;
  readonly meta: Readonly<Record<string, unknown>>;
  /** Running it twice is as good as once. */
  readonly idempotent: boolean;
  /** Runs at the same time, over all peers. */
  readonly concurrency?: number;
  /** Milliseconds until the answer. */
  readonly deadline?: number;
  /** Its handler is an async generator. */
  readonly streams?: boolean;
}

/** By this symbol other packages read the definition behind a contract or a procedure. */
export const definitionMark: unique symbol = Symbol.for("portolan.definition") as never;

/** The definition of a contract's leaf or of a procedure; undefined for anything else. */
export function definitionOf(value: unknown): Definition | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // The mark is only ever set by a builder, of this or another copy of the package.
  return (value as { readonly [definitionMark]?: Definition })[definitionMark];
}
