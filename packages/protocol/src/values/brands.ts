/** What a value is, told without `instanceof`: values of other realms (frames, vm contexts) count too. */

/** The class that `Object.prototype.toString` sees. A hint: what reads the value checks its brand. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** The name of the class that a prototype belongs to; empty for none. */
export function classNameOf(prototype: object | null): string {
  const type: unknown = prototype && Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof type === "function" ? type.name : "";
}

/** True for the `Object.prototype` of any realm, and for no other object. */
export function isObjectPrototype(prototype: object | null): boolean {
  return !!prototype && !Object.getPrototypeOf(prototype) && classNameOf(prototype) === "Object";
}

/** True for what an object literal makes, here or in another realm, for module namespaces, and for objects without a prototype. */
export function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** True for the prototype of the built-in class `name` of any realm, and not for those of subclasses. */
export function isBuiltIn(prototype: object, name: string): boolean {
  return classNameOf(prototype) === name && isObjectPrototype(Object.getPrototypeOf(prototype));
}

const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
  ?.get as () => string | undefined;

/** The built-in type of a view: a subclass such as Buffer is what it extends. */
export function viewTypeOf(view: ArrayBufferView): string {
  return typedArrayTag.call(view) ?? "DataView";
}
