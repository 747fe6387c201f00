import type { LazyTypes, ProcedureTypes } from "@portolan/protocol";
import { builderOf } from "./builder.ts";
import { definitionMark, definitionOf } from "./definition.ts";
import type { Implementer, Procedure } from "./procedure.ts";

/** Procedures without handlers, nested as a router is. */
export interface Contract {
  // Not spelled out further: what is no procedure is refused at run time, and the compiler need not look twice.
  readonly [name: string]: object;
}

/**
 * Says what an API is before anybody implements it: `contract({ users: { get:
 * procedure.input(…).output(…) } })`. Share it; it needs no server. Returns it.
 *
 * Throws a TypeError that names the path of what is no procedure without a handler.
 */
export function contract<C extends Contract>(described: C): C {
  checkContract(described, "contract");
  return described;
}

/** What implements a contract: a procedure for each of its own, held by the compiler. */
export type Implements<C> = {
  readonly [K in keyof C]: C[K] extends ProcedureTypes<infer Sent, infer Result, infer Errors>
    ? Procedure<Sent, Result, Errors>
    : Implements<C[K]> | LazyTypes<Implements<C[K]>>;
};

/** For each procedure of a contract what is left to say: middleware and a handler. */
export type Implementers<C> = {
  readonly [K in keyof C]: C[K] extends {
    readonly "~builder": readonly [infer Context, infer Sent, infer Input, infer Returned, infer Result, infer Errors];
  }
    ? Implementer<Context, Sent, Input, Returned, Result, Errors>
    : Implementers<C[K]>;
};

/** What {@link implement} gives. */
export interface Implementing<C> {
  /** The contract, to be implemented: `procedures.users.get.handler(…)`. */
  readonly procedures: Implementers<C>;
  /** Takes the whole implementation: the compiler asks for every procedure, and so does a check. Returns it. */
  router<R extends Implements<C>>(router: R): R;
}

/** Implements a contract: `const { procedures, router } = implement(api)`. */
export function implement<C extends Contract>(described: C): Implementing<C> {
  return {
    // At run time a builder knows what its contract said.
    procedures: mirror(described) as Implementers<C>,
    router: (router) => {
      checkComplete(described, router, "router");
      return router;
    },
  };
}

function mirror(described: object): object {
  return Object.fromEntries(
    Object.entries(described).map(([name, part]) => {
      const definition = definitionOf(part);
      return [name, definition ? builderOf(definition) : mirror(part as object)];
    }),
  );
}

function checkContract(part: unknown, path: string): void {
  if (definitionOf(part)) return;
  if (typeof part !== "object" || part === null) throw new TypeError(`${path} is no procedure without a handler`);
  for (const [name, inner] of Object.entries(part)) checkContract(inner, `${path}.${name}`);
}

function checkComplete(described: object, router: object, path: string): void {
  for (const [name, part] of Object.entries(described) as [string, object][]) {
    const given: unknown = Object.hasOwn(router, name) ? (router as Record<string, unknown>)[name] : undefined;
    if (given === undefined) throw new TypeError(`${path}.${name} is in the contract and not in the router`);
    const isBranch = typeof given === "object" && given !== null && !(definitionMark in part);
    // What is loaded later cannot be looked at now.
    if (isBranch && Object.getOwnPropertySymbols(given).length === 0) {
      checkComplete(part, given, `${path}.${name}`);
    }
  }
}
