import { sharedState } from "./shared-state.ts";

interface ProxyMarks {
  /** False until something is marked, so that packing need not look. */
  used: boolean;
  readonly names: WeakMap<object, readonly string[] | true>;
}

const marks: ProxyMarks = /* @__PURE__ */ sharedState("portolan.proxied", () => ({
  used: false,
  names: new WeakMap(),
}));

/**
 * Marks an object to cross by reference instead of by value, and returns it.
 *
 * @param value stays yours; the mark lasts as long as the object.
 * @param names the methods that the peer may call, inherited ones included.
 *   Default: the object's own functions.
 * @throws TypeError for what is no object or function.
 */
export function proxy<T extends object>(value: T, names?: readonly (keyof T & string)[]): T {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) {
    throw new TypeError(`proxy() needs an object, got ${value === null ? "null" : typeof value}`);
  }
  marks.used = true;
  marks.names.set(value, names ? Object.freeze([...names]) : true);
  return value;
}

/** What {@link proxy} was told about a value: the names given, true for none, `undefined` when it was never marked. */
export function proxyNames(value: object): readonly string[] | true | undefined {
  return marks.used ? marks.names.get(value) : undefined;
}
