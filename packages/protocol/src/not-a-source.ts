import { classNameOf } from "./values/brands.ts";

/**
 * What to throw for something that is no transport and nothing else that was
 * `expected`: says what it is and, of a port, what to do with it.
 */
export function notASource(value: unknown, expected: string): TypeError {
  const thing = Object(value) as { readonly postMessage?: unknown; readonly send?: unknown };
  const got = thing === value ? classNameOf(Object.getPrototypeOf(value)) || typeof value : String(value);
  const remedy = thing.postMessage || thing.send ? ": make one of it, such as portTransport(port)" : "";
  return new TypeError(`expected ${expected}, got ${got}${remedy}`);
}
