import {
  type Call,
  carryContext,
  enterCall,
  isGenerated,
  isItemWithMeta,
  isThenable,
  leaveCall,
  markUnstarted,
  RpcError,
  withMeta,
} from "@portolan/protocol";
import { CallGround, type GroundOwner, MiddlewareGround, type Next } from "./call-ground.ts";
import { declaredError } from "./declared-errors.ts";
import type { Definition } from "./definition.ts";
import type { Ground, MiddlewareOptions } from "./middleware.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";
import { describeIssues, validate } from "./validate.ts";
import { WatchedStream } from "./watched-stream.ts";

/** A handler, as it is run. */
export type AnyHandler = (ground: Ground<unknown, unknown, unknown>) => unknown;

/** One call on its way through the steps of a procedure. */
export class Run implements GroundOwner {
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

  /** Runs the steps and the handler, and makes the answer of what they give. */
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
      throw markUnstarted(new RpcError("INVALID_ARGUMENT", describeIssues("input", issues), { data: { issues } }));
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

type AnyMiddleware = (options: MiddlewareOptions<unknown, unknown, unknown>) => unknown;
