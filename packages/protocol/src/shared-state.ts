/**
 * State that every copy of the package in this realm shares, kept under a
 * registered symbol: what one copy marked or registered, another one honours.
 */
export function sharedState<T extends object>(name: string, create: () => T): T {
  const key = Symbol.for(name);
  const realm = globalThis as unknown as Record<symbol, T | undefined>;
  const found = realm[key];
  if (found !== undefined) return found;
  const state = create();
  Object.defineProperty(realm, key, { value: state });
  return state;
}
