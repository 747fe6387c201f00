/** A room that holds what may be collected. */
interface Sweeper {
  /** Looks what is gone. */
  sweep(): void;
}

const sweepers = new Set<Sweeper>();

/** An object that nobody has waits for the next collection. */
let waiting = false;

/**
 * Tells of collections, not of what was collected: the rooms look for themselves, since each holds WeakRefs
 * anyway. Registered one by one, each stub would cost 72 bytes and, when it is made, as much again as its WeakRef.
 *
 * One registry for all sessions, which never ends: in V8, one that is collected
 * while it has something to tell stops every other registry of the process.
 */
const collections: FinalizationRegistry<undefined> = /* @__PURE__ */ new FinalizationRegistry(() => {
  waiting = false;
  waitForCollection();
  for (const sweeper of [...sweepers]) sweeper.sweep();
});

/** Calls `sweeper.sweep()` some time after each collection, until {@link stopSweeping}. */
export function startSweeping(sweeper: Sweeper): void {
  sweepers.add(sweeper);
  waitForCollection();
}

/** The room holds nothing any more. */
export function stopSweeping(sweeper: Sweeper): void {
  sweepers.delete(sweeper);
}

function waitForCollection(): void {
  if (waiting || sweepers.size === 0) return;
  waiting = true;
  collections.register({}, undefined);
}
