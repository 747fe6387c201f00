import { soon } from "./soon.ts";

/** A room that holds what may be collected. */
interface Sweeper {
  /** Looks what is gone. */
  sweep(): void;
}

const sweepers = new Set<Sweeper>();

/** An object that nobody has waits for the next collection. */
let waiting = false;

/**
 * Tells of collections, not of what was collected: the rooms look for themselves, since each holds WeakRefs anyway,
 * which takes a millisecond for 10 000. Registered one by one, each stub would cost 72 bytes and twice its WeakRef's time.
 *
 * One registry for all sessions, which never ends: in V8, one that is collected
 * while it has something to tell stops every other registry of the process.
 */
const collections: FinalizationRegistry<undefined> = /* @__PURE__ */ new FinalizationRegistry(() => {
  waiting = false;
  waitForCollection();
  sweepEach([...sweepers]);
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

/** Each in a task of its own: many sessions hold nobody up. */
function sweepEach(left: Sweeper[]): void {
  const next = left.pop();
  if (left.length > 0) soon(() => sweepEach(left));
  next?.sweep();
}
