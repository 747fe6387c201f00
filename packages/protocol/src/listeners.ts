/** Who listens. Lists are replaced, never changed, so that a walk is not disturbed. */
export type Listeners<T> = readonly ((value: T) => void)[];

/** What every list without a listener is. */
export const nobody: readonly never[] = [];

/**
 * Adds a listener to a list of `holder`; added twice it is told twice. Returns the way to
 * stop, which says whether that is new. By `concat`, which makes a list no larger
 * than it is: a spread leaves room for 16 more, in each of thousands of idle transports.
 */
export function listen<T, Key extends string>(
  holder: { [List in Key]: Listeners<T> },
  key: Key,
  listener: (value: T) => void,
): () => boolean {
  let own: typeof listener | undefined = holder[key].includes(listener) ? another(listener) : listener;
  holder[key] = holder[key].concat(own);
  return () => {
    const listened = own !== undefined;
    holder[key] = holder[key].filter((other) => other !== own);
    own = undefined;
    return listened;
  };
}

/** By itself, so that who has stopped listening is not held by its way to stop. */
function another<T>(listener: (value: T) => void): (value: T) => void {
  return (value) => listener(value);
}
