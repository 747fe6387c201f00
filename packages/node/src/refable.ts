/** What can keep a process alive, or let it go: sockets, pipes, children, channels. */
export interface Refable {
  ref?(): void;
  unref?(): void;
}

/** Lets each of these keep the process alive, or none. Streams of files have no say. */
export function refAll(things: readonly (object | null | undefined)[], hold: boolean): void {
  for (const thing of things) {
    const refable = thing as Refable | null | undefined;
    if (hold) refable?.ref?.();
    else refable?.unref?.();
  }
}
