import type { Call } from "@portolan/protocol";
import type { Definition } from "./definition.ts";
import type { Ground, MiddlewareOptions, Outcome } from "./middleware.ts";

/** The run of one call, as its handler needs it. */
export interface GroundOwner {
  readonly call: Call;
  readonly definition: Definition;
  /** Set where the procedure has a deadline of its own. */
  readonly signal: AbortSignal | undefined;
}

/** The way from a middleware to what is inside. */
export type Next = (options?: { readonly context?: object }) => Promise<Outcome<never>>;

/** What handlers and middleware see. Getters, since a signal costs only where it is read. */
export class CallGround implements Ground<unknown, unknown, unknown> {
  readonly #run: GroundOwner;
  readonly input: unknown;
  readonly context: unknown;
  readonly errors: never;

  constructor(run: GroundOwner, errors: Readonly<Record<string, unknown>>, context: unknown, input: unknown) {
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
export class MiddlewareGround extends CallGround implements MiddlewareOptions<unknown, unknown, unknown> {
  readonly next: Next;
  readonly answer = (output: unknown): Outcome<never> => ({ output });

  constructor(
    run: GroundOwner,
    errors: Readonly<Record<string, unknown>>,
    context: unknown,
    input: unknown,
    next: Next,
  ) {
    super(run, errors, context, input);
    this.next = next;
  }
}
