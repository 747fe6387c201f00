import type { Emitter } from "./frame-shapes.ts";

const shared = new WeakMap<object, Map<string, Shared>>();

/** One listener on the emitter, for many here. */
interface Shared {
  readonly listeners: Set<() => void>;
  readonly tell: () => void;
}

/**
 * Listens to an event, with one listener on the emitter however many listen here, so that many links of one window
 * are no leak that Node would warn of. Returns the way to stop; the last to stop takes the listener away.
 */
export function listenShared(emitter: object, event: string, listener: () => void): () => void {
  const events = shared.get(emitter) ?? new Map<string, Shared>();
  shared.set(emitter, events);
  const { listeners } = events.get(event) ?? begin(emitter, event, events);
  const own = (): void => listener();
  listeners.add(own);
  return () => {
    if (listeners.delete(own) && listeners.size === 0) end(emitter, event, events);
  };
}

function begin(emitter: object, event: string, events: Map<string, Shared>): Shared {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const each of [...listeners]) each();
  };
  // Electron's overloads name its events; this is any of them.
  (emitter as Emitter).on(event, tell);
  const begun = { listeners, tell };
  events.set(event, begun);
  return begun;
}

function end(emitter: object, event: string, events: Map<string, Shared>): void {
  const ended = events.get(event);
  if (ended) (emitter as Emitter).off(event, ended.tell);
  events.delete(event);
}
