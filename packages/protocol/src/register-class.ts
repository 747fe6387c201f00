import { classes, type RegisteredClass } from "./values/class-registry.ts";
import { instancePacker, instanceReviver } from "./values/classes.ts";

/** How instances of a class become values and come back. */
export interface ClassCodec<T extends object, Encoded = unknown> {
  /** What stands for the instance: any value that crosses. Default: its own enumerable properties. */
  readonly encode?: (instance: T) => Encoded;
  /**
   * Makes an instance of foreign data: check it. Default: an object of the class with the
   * properties sent, made without calling its constructor.
   */
  readonly decode?: (value: Encoded) => T;
}

type Class<T extends object> = abstract new (...args: never) => T;

/** A class that says itself how it crosses, by static methods. */
type SelfCodedClass<T extends object> = Class<T> & {
  readonly encode?: (instance: T) => unknown;
  readonly decode?: (value: never) => T;
};

/**
 * Lets instances of a class cross by value. Register it under the same name on
 * both sides. Subclasses are classes of their own and need their own name.
 *
 * ```ts
 * registerClass("Money", Money, { encode: (money) => money.cents, decode: (cents) => new Money(cents) });
 * ```
 *
 * `encode` runs when a value is handed over, `decode` on what arrives, which is
 * foreign: what it throws refuses the message with INVALID_ARGUMENT.
 *
 * @returns the way to unregister it.
 * @throws TypeError when another class has the name already, or the class another name.
 */
export function registerClass<T extends object, Encoded = unknown>(
  name: string,
  type: Class<T>,
  codec: ClassCodec<T, Encoded>,
): () => void;
export function registerClass<T extends object, Encoded = unknown>(
  name: string,
  definition: ClassCodec<T, Encoded> & { readonly class: Class<T> },
): () => void;
export function registerClass<T extends object>(name: string, type: SelfCodedClass<T>): () => void;
export function registerClass(name: string, first: unknown, second?: unknown): () => void {
  const type = typeof first === "function" ? first : (first as { class?: unknown } | null)?.class;
  if (typeof name !== "string" || typeof type !== "function") {
    throw new TypeError("registerClass() needs a name and a class: registerClass(name, Class, { encode, decode })");
  }
  const codec = (second ?? first) as ClassCodec<object>;
  const prototype: object = type.prototype;
  for (const taken of [classes.get(name), classes.get(prototype)]) {
    if (taken && (taken.name !== name || taken.prototype !== prototype)) {
      throw new TypeError(
        `registerClass(): the name "${name}", or its class, is registered as "${taken.name}" already`,
      );
    }
  }
  const decode = codec.decode?.bind(codec);
  const registered: RegisteredClass = {
    name,
    prototype,
    pack: instancePacker(name, codec.encode?.bind(codec), decode),
    reviver: instanceReviver(name, prototype, decode),
  };
  classes.set(name, registered).set(prototype, registered);
  return () => {
    if (classes.get(name) === registered && classes.delete(name)) classes.delete(prototype);
  };
}
