import { targetMark } from "./marks.ts";

/**
 * Objects of subclasses cross by reference: the other side calls their methods.
 * Reachable are methods on prototypes below this one; never getters, fields,
 * statics, or names that begin with `_`. Methods keep their own `this`. When the
 * last holder over there lets go, `[Symbol.dispose]` runs, if there is one.
 */
export class RpcTarget {
  /** For types only: without it every object would pass for a target. */
  declare readonly "~target": true;

  /** True for an object of a subclass of this or any other copy of the class. */
  static is(value: unknown): value is RpcTarget {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[targetMark] === true;
  }
}

Object.defineProperty(RpcTarget.prototype, targetMark, { value: true });
