import {
  type Call,
  carryContext,
  enterCall,
  isGenerated,
  isItemWithMeta,
  leaveCall,
  RpcError,
  withMeta,
} from "@portolan/protocol";
import { Deadline } from "./deadline.ts";
import { declaredError, errorConstructors } from "./declared-errors.ts";
import type { Definition } from "./definition.ts";
import type { Ground, MiddlewareOptions, Outcome } from "./middleware.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";
import { Turnstile } from "./turnstile.ts";
import { describeIssues, validate } from "./validate.ts";
import { WatchedStream } from "./watched-stream.ts";

/** A handler, as it is run. */
export type AnyHandler = (ground: Ground<unknown, unknown, unknown>) => unknown;

/** Runs a procedure for one call after the other: what `procedureMark` leads to. */
export function procedureRunner(
  definition: Definition,
  handler: AnyHandler,
): (call: Call, args: readonly unknown[]) => unknown {
  const errors = errorConstructors(definition.errors);
  const turnstile = definition.concurrency === undefined ? undefined : new Turnstile(definition.concurrency);
  return (call, args) => {
    const run = new Run(definition, handler, errors, call);
    if (definition.deadline === undefined && !turnstile) return run.start(args[0]);
    return new CappedRun(run, definition.deadline, turnstile).start(args[0]);
  };
}

/** One call on its way through the steps of a procedure. */
class Run {
  readonly definition: Definition;
  readonly call: Call;
  readonly #handler: AnyHandler;
  readonly #errors: Readonly<Record<string, unknown>>;
  /** Set where the procedure has a deadline of its own. */
  signal: AbortSignal | undefined;
  /** Set where somebody waits for the end of the call, its stream included. */
  ended: (() => void) | undefined;

  constructor(definition: Definition, handler: AnyHandler, errors: Readonly<Record<string, unknown>>, call: Call) {
    this.definition = definition;
    this.#handler = handler;
    this.#errors = errors;
    this.call = call;
  }

  get name(): string {
    return JSON.stringify(this.call.path.join("."));
  }

  /** Everything that is known of the input and the context at one step. */
  start(input: unknown): unknown {
    try {
      const result = this.#enter(0, this.call.context, input);
      if (!isThenable(result)) return this.#finish(result);
      return result.then(
        (value) => this.#finish(value),
        (error: unknown) => this.#fail(error),
      );
    } catch (error) {
      return this.#fail(error);
    }
  }

  #enter(index: number, context: unknown, input: unknown): unknown {
    const step = this.definition.steps[index];
    if (!step) return this.#handle(context, input);
    if (step.kind === "middleware") return this.#wrap(step.middleware as AnyMiddleware, index, context, input);
    const checked = validate(step.schema, input);
    const go = (result: Awaited<typeof checked>) => {
      if (result.ok) return this.#enter(index + 1, context, result.value);
      const { issues } = result;
      throw new RpcError("INVALID_ARGUMENT", describeIssues("input", issues), { data: { issues } });
    };
    return "then" in checked ? checked.then(go) : go(checked);
  }

  async #wrap(middleware: AnyMiddleware, index: number, context: unknown, input: unknown): Promise<unknown> {
    const next: Next = async ({ context: added } = {}) => {
      const inner = added ? { ...(context as object | undefined), ...added } : context;
      // What a middleware set up for what is inside holds in its stream as well.
      return { output: carryContext(await this.#enter(index + 1, inner, input)) };
    };
    const outcome: unknown = await middleware(new MiddlewareGround(this, this.#errors, context, input, next));
    if (typeof outcome === "object" && outcome !== null && "output" in outcome) return outcome.output;
    throw new TypeError(`a middleware of ${this.name} returned no outcome: return next() or answer(value)`);
  }

  #handle(context: unknown, input: unknown): unknown {
    const outer = enterCall(this.call);
    try {
      return this.#handler(new CallGround(this, this.#errors, context, input));
    } finally {
      leaveCall(outer);
    }
  }

  #finish(value: unknown): unknown {
    const { yields, output, errors } = this.definition;
    if (isGenerated(value) && (yields || this.ended || Object.keys(errors).length > 0)) return this.#watch(value);
    if (yields) {
      this.ended?.();
      throw new TypeError(`${this.name} yields items, but its handler returned no stream`);
    }
    try {
      if (!output) return value;
      return this.#checked(output, value, "output");
    } finally {
      this.ended?.();
    }
  }

  async #fail(thrown: unknown): Promise<never> {
    this.ended?.();
    throw await declaredError(this.definition.errors, thrown);
  }

  #watch(stream: AsyncIterable<unknown>): WatchedStream {
    const { yields, errors } = this.definition;
    const returns = yields?.returns;
    return new WatchedStream(stream, {
      ...(yields && { item: (item: unknown) => this.#checkedItem(yields.item, item) }),
      ...(returns && { returned: (value: unknown) => this.#checked(returns, value, "return value") }),
      failed: (error) => declaredError(errors, error),
      ended: () => this.ended?.(),
    });
  }

  /** An item keeps its id, whatever its schema makes of its value. */
  async #checkedItem(schema: StandardSchemaV1, item: unknown): Promise<unknown> {
    if (!isItemWithMeta(item)) return this.#checked(schema, item, "item");
    return withMeta(await this.#checked(schema, item.value, "item"), item.meta);
  }

  /** A value as its schema gives it. What is wrong with our own values is not the caller's business. */
  #checked(schema: StandardSchemaV1, value: unknown, subject: string): unknown {
    const checked = validate(schema, value);
    const read = (result: Awaited<typeof checked>) => {
      if (result.ok) return result.value;
      throw new Error(`${this.name} gave what its schema does not allow: ${describeIssues(subject, result.issues)}`);
    };
    return "then" in checked ? checked.then(read) : read(checked);
  }
}

type Next = (options?: { readonly context?: object }) => Promise<Outcome<never>>;

type AnyMiddleware = (options: MiddlewareOptions<unknown, unknown, unknown>) => unknown;

/** What handlers and middleware see. Getters, since a signal costs only where it is read. */
class CallGround implements Ground<unknown, unknown, unknown> {
  readonly #run: Run;
  readonly input: unknown;
  readonly context: unknown;
  readonly errors: never;

  constructor(run: Run, errors: Readonly<Record<string, unknown>>, context: unknown, input: unknown) {
    this.#run = run;
    this.context = context ?? {};
    this.input = input;
    this.errors = errors as never;
  }

  get signal(): AbortSignal {
    return this.#run.signal ?? this.#run.call.signal;
  }

  get path(): readonly string[] {
    return this.#run.call.path;
  }

  get meta(): Readonly<Record<string, unknown>> {
    return this.#run.definition.meta;
  }

  get call(): Call {
    return this.#run.call;
  }
}

/** What middleware sees besides. */
class MiddlewareGround extends CallGround implements MiddlewareOptions<unknown, unknown, unknown> {
  readonly next: Next;
  readonly answer = (output: unknown): Outcome<never> => ({ output });

  constructor(run: Run, errors: Readonly<Record<string, unknown>>, context: unknown, input: unknown, next: Next) {
    super(run, errors, context, input);
    this.next = next;
  }
}

/** A run that waits for its turn, and has only so much time. */
class CappedRun {
  readonly #run: Run;
  readonly #deadline: number | undefined;
  readonly #turnstile: Turnstile | undefined;

  constructor(run: Run, deadline: number | undefined, turnstile: Turnstile | undefined) {
    this.#run = run;
    this.#deadline = deadline;
    this.#turnstile = turnstile;
  }

  async start(input: unknown): Promise<unknown> {
    const run = this.#run;
    if (this.#deadline === undefined) return this.#inTurn(input);
    const deadline = new Deadline(this.#deadline, run.call.signal, run.name);
    run.signal = deadline.signal;
    return deadline.race(this.#inTurn(input), discard);
  }

  async #inTurn(input: unknown): Promise<unknown> {
    const run = this.#run;
    const turnstile = this.#turnstile;
    if (!turnstile) return run.start(input);
    const turn = turnstile.enter(() => run.signal ?? run.call.signal);
    if (turn) await turn;
    let inside = true;
    run.ended = () => {
      if (inside) turnstile.leave();
      inside = false;
    };
    return run.start(input);
  }
}

function isThenable(value: unknown): value is Promise<unknown> {
  // The result of a call of ours is a function.
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return typeof (value as { then?: unknown }).then === "function";
}

function discard(late: unknown): void {
  // What goes wrong while it ends is nobody's any more.
  if (isGenerated(late))
    late[Symbol.asyncIterator]()
      .return?.()
      .catch(() => {});
}
