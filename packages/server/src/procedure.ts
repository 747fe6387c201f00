import type { ProcedureTypes } from "@portolan/protocol";
import { builderOf } from "./builder.ts";
import type { Definition, definitionMark } from "./definition.ts";
import type { Ground, Merged, MiddlewareOptions, Outcome } from "./middleware.ts";
import type { NoErrors, SchemaLike } from "./standard-schema.ts";

/** A procedure that can be served: put it into a router. */
export interface Procedure<Input = unknown, Output = unknown, Errors = NoErrors>
  extends ProcedureTypes<Input, Output, Errors> {
  readonly [definitionMark]: Definition;
}

/** What is left to do once everything that a caller sees is said. */
export interface Implementer<Context, Sent, Input, Returned, Result, Errors> {
  /** For types only. */
  readonly "~builder": readonly [Context, Sent, Input, Returned, Result, Errors];
  /** Wraps everything that comes after it; see {@link ProcedureBuilder.use}. */
  use<Added extends object = Record<never, never>>(
    middleware: (options: MiddlewareOptions<Context, Input, Errors>) => Outcome<Added> | Promise<Outcome<Added>>,
  ): Implementer<Merged<Context, Added>, Sent, Input, Returned, Result, Errors>;

  /** Makes the procedure. The handler gets one object; an async generator makes a stream. */
  handler<R extends Returned | Promise<Returned>>(
    handler: (ground: Ground<Context, Input, Errors>) => R,
  ): Procedure<Sent, unknown extends Result ? R : Result, Errors>;
}

/**
 * Builds procedures, step by step; every step gives a new builder. Without a
 * handler it is a contract, which {@link implement} implements.
 */
export interface ProcedureBuilder<Context, Sent, Input, Returned, Result, Errors>
  extends Implementer<Context, Sent, Input, Returned, Result, Errors>,
    ProcedureTypes<Sent, Result, Errors> {
  readonly [definitionMark]: Definition;
  /**
   * Wraps everything that comes after it. A middleware goes on by `next()`, with more
   * context by `next({ context })`, or answers itself by `answer(value)`; before
   * `.input` it sees what the peer sent, behind it what the schema made of that.
   */
  use<Added extends object = Record<never, never>>(
    middleware: (options: MiddlewareOptions<Context, Input, Errors>) => Outcome<Added> | Promise<Outcome<Added>>,
  ): ProcedureBuilder<Merged<Context, Added>, Sent, Input, Returned, Result, Errors>;
  /** Says, for types only, what `context(peer)` of `serve` makes. */
  context<Given extends object>(): ProcedureBuilder<Merged<Context, Given>, Sent, Input, Returned, Result, Errors>;
  /** What a caller gives. A failure is INVALID_ARGUMENT, with `data.issues` that name each path. Once. */
  input<Given, Parsed>(
    schema: SchemaLike<Given, Parsed>,
  ): ProcedureBuilder<Context, Given, Parsed, Returned, Result, Errors>;
  /** What a caller gets, after all middleware. A failure is INTERNAL, and told here only. */
  output<Given, Parsed>(
    schema: SchemaLike<Given, Parsed>,
  ): ProcedureBuilder<Context, Sent, Input, Given, Parsed, Errors>;
  /** The items of a stream, and perhaps what it returns at its end. Instead of `output`. */
  yields<Item, ParsedItem, Last = void, ParsedLast = void>(
    item: SchemaLike<Item, ParsedItem>,
    returns?: SchemaLike<Last, ParsedLast>,
  ): ProcedureBuilder<Context, Sent, Input, AsyncIterable<Item, Last>, AsyncIterable<ParsedItem, ParsedLast>, Errors>;
  /** The errors that callers can tell apart: a code, and the schema of its data or null for none. Adds up. */
  errors<Schemas extends object>(
    schemas: Schemas,
    // Spelled out, not an alias: a declaration would name the alias, and with it the schema library.
  ): ProcedureBuilder<
    Context,
    Sent,
    Input,
    Returned,
    Result,
    Errors & {
      readonly [Code in keyof Schemas]: Schemas[Code] extends SchemaLike<unknown, infer Data> ? Data : undefined;
    }
  >;
  /** Says something about the procedure, for middleware and interceptors to read. Adds up. */
  meta(meta: Readonly<Record<string, unknown>>): ProcedureBuilder<Context, Sent, Input, Returned, Result, Errors>;
  /** Running it twice is as good as once, so `retry` may repeat it. */
  idempotent(): ProcedureBuilder<Context, Sent, Input, Returned, Result, Errors>;
  /** How many run at once, over all peers; a stream counts until it has ended. Up to 1 024 more wait. */
  concurrency(runs: number): ProcedureBuilder<Context, Sent, Input, Returned, Result, Errors>;
  /** Milliseconds until the answer, waiting included; then DEADLINE_EXCEEDED, and `signal` aborts. */
  deadline(ms: number): ProcedureBuilder<Context, Sent, Input, Returned, Result, Errors>;
}

/** Where every procedure begins: `procedure.input(schema).handler(({ input }) => …)`. */
export const procedure: ProcedureBuilder<
  Record<never, never>,
  undefined,
  undefined,
  unknown,
  unknown,
  NoErrors
> = /* @__PURE__ */ builderOf({
  // What the steps say is in the interface; at run time every builder is the same class.
  steps: [],
  errors: {},
  meta: {},
  idempotent: false,
}) as never;
