/** What kind of thing a value is, told without `instanceof`: values of other realms (frames, vm contexts) count too. */

/** The class that `Object.prototype.toString` sees. A hint: check the brand before relying on it. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** The name of the class an object is an instance of, for messages and for platform classes without a tag. */
export function classNameOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== "object" || prototype === null) return "";
  const name: unknown = (prototype.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === "string" ? name : "";
}

/** True for `Object.prototype` of any realm, and for no other object. */
export function isObjectPrototype(prototype: object): boolean {
  return (
    prototype === Object.prototype ||
    (Object.getPrototypeOf(prototype) === null && ownConstructorName(prototype) === "Object")
  );
}

/** True for `Array.prototype` of any realm: it is the only prototype that is itself an array. */
export function isArrayPrototype(prototype: unknown): boolean {
  return prototype === Array.prototype || Array.isArray(prototype);
}

/** True for the prototype of the built-in class `name` of any realm, and not for those of subclasses. */
export function isBuiltInPrototype(prototype: unknown, name: string): boolean {
  if (typeof prototype !== "object" || prototype === null || ownConstructorName(prototype) !== name) return false;
  const parent: unknown = Object.getPrototypeOf(prototype);
  return typeof parent === "object" && parent !== null && isObjectPrototype(parent);
}

/** True when a method of a built-in accepts the value, which only those with the right insides do. */
export function hasBrand(method: (...args: never) => unknown, value: object, ...args: readonly unknown[]): boolean {
  try {
    Reflect.apply(method, value, args);
    return true;
  } catch {
    return false;
  }
}

const TypedArray = Object.getPrototypeOf(Uint8Array) as { prototype: object };
const typedArrayTag = Object.getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag)?.get as () => unknown;

/** The built-in type of a view: a subclass such as Buffer is what it extends. */
export function viewTypeOf(view: ArrayBufferView): string {
  const name = typedArrayTag.call(view);
  return typeof name === "string" ? name : "DataView";
}

function ownConstructorName(prototype: object): unknown {
  const type: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof type === "function" ? type.name : undefined;
}
