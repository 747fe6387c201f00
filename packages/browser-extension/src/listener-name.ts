const key = Symbol.for("portolan.extension.listeners");

/**
 * Takes a name for one listener of this context, across copies of this package;
 * returns the way to give it back. Throws a TypeError when it is taken: two
 * listeners would both answer for one port.
 */
export function claimName(name: string): () => void {
  const holder = globalThis as { [key]?: Set<string> };
  holder[key] ??= new Set();
  const taken = holder[key];
  if (taken.has(name)) throw new TypeError(`expected a free name, but this context serves "${name}" already`);
  taken.add(name);
  return () => void taken.delete(name);
}
