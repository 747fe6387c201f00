import type { Listener } from "@portolan/protocol";

/** Enters a desk, which keeps the name. Returns the way to leave; throws FAILED_PRECONDITION for a name that is taken. */
export type EnterDesk = (...heard: Parameters<Listener["accept"]>) => () => void;

/** A listener at one of this process's desks, from when somebody accepts until it is closed. */
export function deskListener(name: string, enter: EnterDesk): Listener {
  let leave: (() => void) | undefined;
  let settle!: { resolve: () => void; reject: (error: unknown) => void };
  const ready = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    address: name,
    ready,
    accept(...heard) {
      if (leave) throw new TypeError("this listener is served already: make one for each serve()");
      try {
        leave = enter(...heard);
        settle.resolve();
      } catch (error) {
        settle.reject(error);
      }
    },
    async close() {
      leave?.();
      leave = undefined;
    },
  };
}
