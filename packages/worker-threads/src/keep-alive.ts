/** A port that can keep its process alive, or let it go. */
export interface Refable {
  ref?(): void;
  unref?(): void;
}

/** One transport's say in whether its port keeps the process alive. */
export interface KeepAlive {
  /** True: stay. False: the port may be left behind. */
  hold(busy: boolean): void;
}

/**
 * Lets several transports share a port: it is ref'd while any of them is busy,
 * and unref'd otherwise. Make it after the listeners: Node refs a port again when
 * its first `message` listener comes (nodejs/node#53036).
 */
export function keepAlive(port: Refable): KeepAlive {
  const count = countOf(port);
  let held = false;
  if (count.busy === 0) port.unref?.();
  return {
    hold(busy) {
      if (busy === held) return;
      held = busy;
      count.busy += busy ? 1 : -1;
      if (busy && count.busy === 1) port.ref?.();
      if (count.busy === 0) port.unref?.();
    },
  };
}

/** How many transports on a port are busy. */
interface BusyCount {
  busy: number;
}

// Under a registered symbol: two copies of this package count together.
function countOf(port: Refable): BusyCount {
  const key = Symbol.for("portolan.worker-threads.busy");
  const realm = globalThis as unknown as Record<symbol, WeakMap<Refable, BusyCount> | undefined>;
  if (!realm[key]) Object.defineProperty(realm, key, { value: new WeakMap() });
  const counts = realm[key] as WeakMap<Refable, BusyCount>;
  const count = counts.get(port) ?? { busy: 0 };
  counts.set(port, count);
  return count;
}
