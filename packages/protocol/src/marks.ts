/**
 * Marks by which the packages, and two copies of one package, recognise each
 * other's things. A mark is looked up only on values of our own side.
 */

/** On a procedure: `(call, args) => result`, instead of a plain function's signature. */
export const procedureMark: unique symbol = Symbol.for("portolan.procedure") as never;

/** On a lazy branch of a router: `() => Promise<router>`. */
export const lazyMark: unique symbol = Symbol.for("portolan.lazy") as never;

/** On {@link RpcTarget.prototype}. */
export const targetMark: unique symbol = Symbol.for("portolan.target") as never;

/** Names that no path may hold and no router may expose: they lead to prototypes, or make a promise of a router. */
export const forbiddenNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype", "then"]);
