import { sharedState } from "./shared-state.ts";

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

/** A registered class. */
export interface RegisteredClass {
  readonly name: string;
  readonly prototype: object;
  readonly encode: ((instance: never) => unknown) | undefined;
  readonly decode: ((value: never) => object) | undefined;
}

type Class<T extends object> = abstract new (...args: never) => T;

/** A class that tells itself how it crosses. */
type SelfCodedClass<T extends object> = Class<T> & ClassCodec<T, never>;

interface Registry {
  readonly byName: Map<string, RegisteredClass>;
  readonly byPrototype: Map<object, RegisteredClass>;
}

const registry: Registry = sharedState("portolan.classes", () => ({ byName: new Map(), byPrototype: new Map() }));

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
  const { encode, decode } = (second ?? first) as ClassCodec<object>;
  const prototype: object = type.prototype;
  const registered: RegisteredClass = {
    name,
    prototype,
    encode: encode?.bind(second ?? first),
    decode: decode?.bind(second ?? first),
  };
  refuseTaken(registered);
  registry.byName.set(name, registered);
  registry.byPrototype.set(prototype, registered);
  return () => unregister(registered);
}

/** The class registered for exactly this prototype. */
export function classOfPrototype(prototype: object): RegisteredClass | undefined {
  return registry.byPrototype.get(prototype);
}

/** The class registered under a name. */
export function classOfName(name: string): RegisteredClass | undefined {
  return registry.byName.get(name);
}

function refuseTaken({ name, prototype }: RegisteredClass): void {
  const owner = registry.byName.get(name);
  if (owner && owner.prototype !== prototype) throw new TypeError(`registerClass(): another class is called "${name}"`);
  const other = registry.byPrototype.get(prototype);
  if (other && other.name !== name)
    throw new TypeError(`registerClass(): this class is called "${other.name}" already`);
}

function unregister(registered: RegisteredClass): void {
  if (registry.byName.get(registered.name) !== registered) return;
  registry.byName.delete(registered.name);
  registry.byPrototype.delete(registered.prototype);
}
