import { procedureMark } from "@portolan/protocol";
import { type Definition, definitionMark, type Step } from "./definition.ts";
import type { Middleware } from "./middleware.ts";
import type { AnyHandler } from "./run.ts";
import { procedureRunner } from "./run-procedure.ts";
import type { ErrorSchemas, StandardSchemaV1 } from "./standard-schema.ts";

/** A builder, or what is left to implement, for a definition. */
export function builderOf(definition: Definition): object {
  return new Builder(definition);
}

class Builder {
  // Only declared: a field with a computed name would keep the class in bundles that have no procedure.
  declare readonly [definitionMark]: Definition;

  constructor(definition: Definition) {
    this[definitionMark] = definition;
  }

  context(): this {
    return this;
  }

  use(middleware: Middleware): Builder {
    if (typeof middleware !== "function") throw new TypeError(`expected a middleware, got ${typeof middleware}`);
    return this.#step({ kind: "middleware", middleware });
  }

  input(schema: StandardSchemaV1): Builder {
    if (this.#definition.steps.some(({ kind }) => kind === "input")) throw new TypeError("the input is declared twice");
    return this.#step({ kind: "input", schema: checkSchema(schema) });
  }

  output(schema: StandardSchemaV1): Builder {
    if (this.#definition.yields) throw new TypeError("give the schema of what a stream returns to yields()");
    return this.#with({ output: checkSchema(schema) });
  }

  yields(item: StandardSchemaV1, returns?: StandardSchemaV1): Builder {
    if (this.#definition.output) throw new TypeError("declare output or yields, not both");
    return this.#with({ yields: { item: checkSchema(item), returns: returns && checkSchema(returns) } });
  }

  errors(schemas: ErrorSchemas): Builder {
    for (const schema of Object.values(schemas)) if (schema !== null) checkSchema(schema as StandardSchemaV1);
    return this.#with({ errors: { ...this.#definition.errors, ...schemas } });
  }

  meta(meta: Readonly<Record<string, unknown>>): Builder {
    return this.#with({ meta: { ...this.#definition.meta, ...meta } });
  }

  idempotent(): Builder {
    return this.#with({ idempotent: true });
  }

  concurrency(runs: number): Builder {
    if (!Number.isInteger(runs)) throw new TypeError(`expected concurrency to be a whole number, got ${String(runs)}`);
    return this.#with({ concurrency: checkNumber("concurrency", runs) });
  }

  deadline(ms: number): Builder {
    return this.#with({ deadline: checkNumber("deadline", ms) });
  }

  handler(handler: AnyHandler): object {
    if (typeof handler !== "function") throw new TypeError(`expected a handler, got ${typeof handler}`);
    const generates = Object.prototype.toString.call(handler) === "[object AsyncGeneratorFunction]";
    const definition = generates ? { ...this.#definition, streams: true } : this.#definition;
    return { [procedureMark]: procedureRunner(definition, handler), [definitionMark]: definition };
  }

  get #definition(): Definition {
    return this[definitionMark];
  }

  #step(step: Step): Builder {
    return this.#with({ steps: [...this.#definition.steps, step] });
  }

  #with(change: Partial<Definition>): Builder {
    return new Builder({ ...this.#definition, ...change });
  }
}

function checkSchema(schema: StandardSchemaV1): StandardSchemaV1 {
  const standard = (schema as Partial<StandardSchemaV1> | null | undefined)?.["~standard"];
  if (typeof standard?.validate === "function") return schema;
  throw new TypeError("expected a schema of a library that speaks Standard Schema (zod, valibot, arktype …)");
}

function checkNumber(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`expected ${name} to be a positive number, got ${String(value)}`);
}
