interface Watch {
  /** Whom the signal's listener tells. */
  readonly waiting: Set<() => void>;
  readonly tell: () => void;
}

const watches = /* @__PURE__ */ new WeakMap<AbortSignal, Watch>();

/**
 * Calls back once, when `signal` aborts from now on. Returns the way to stop, which is
 * quiet the second time. However many wait for one signal, such as all calls of a
 * client, it has one listener: Node warns of a leak at the eleventh, and looks for each
 * that goes among all of them.
 */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  const watch = watches.get(signal) ?? begin(signal);
  // A function of its own, so that waiting twice counts twice.
  const own = () => run();
  watch.waiting.add(own);
  return () => {
    if (watch.waiting.delete(own) && watch.waiting.size === 0) end(signal, watch);
  };
}

function begin(signal: AbortSignal): Watch {
  const waiting = new Set<() => void>();
  const watch: Watch = {
    waiting,
    tell() {
      end(signal, watch);
      for (const run of waiting) run();
    },
  };
  watches.set(signal, watch);
  signal.addEventListener("abort", watch.tell, { once: true });
  return watch;
}

function end(signal: AbortSignal, watch: Watch): void {
  signal.removeEventListener("abort", watch.tell);
  if (watches.get(signal) === watch) watches.delete(signal);
}
