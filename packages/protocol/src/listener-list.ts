const none: readonly never[] = [];

/**
 * Who listens. The list is replaced, never changed, so that a walk is not disturbed: one that is empty holds nothing.
 * By `concat`, which makes it no larger than it is; a spread leaves room for 16 more.
 */
export class ListenerList<T> {
  all: readonly ((value: T) => void)[] = none;

  /** Adds a listener; added twice it is told twice. Returns the way to stop, which says whether it was still here. */
  add(listener: (value: T) => void): () => boolean {
    let own: typeof listener | undefined = this.all.includes(listener) ? another(listener) : listener;
    this.all = this.all.concat(own);
    return () => {
      const listened = own !== undefined;
      this.all = this.all.filter((other) => other !== own);
      own = undefined;
      return listened;
    };
  }

  /** Nobody listens from now on. Returns those who did. */
  take(): readonly ((value: T) => void)[] {
    const { all } = this;
    this.all = none;
    return all;
  }
}

/** By itself, so that who has stopped listening is not held by its way to stop. */
function another<T>(listener: (value: T) => void): (value: T) => void {
  return (value) => listener(value);
}
