/**
 * What a schema library shows of a schema, as Standard Schema says
 * (https://standardschema.dev). Written down here, so that no library is needed.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What validating gives: the value, perhaps changed, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * A schema, as far as the compiler looks: comparing a library's whole schema with
 * {@link StandardSchemaV1} would cost it most of what a procedure costs. The rest is
 * checked at run time.
 */
export interface SchemaLike<Input = unknown, Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The codes that a procedure declares, each with the schema of its data; null for none. */
export interface ErrorSchemas {
  readonly [code: string]: SchemaLike | null;
}

/**
 * No errors are declared. Written down here and not taken from the protocol, because
 * it stands in the types that a router's declarations spell out.
 */
export type NoErrors = Record<never, never>;
