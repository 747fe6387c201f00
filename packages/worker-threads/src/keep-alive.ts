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
  let held = false;
  if (busyOn(port) === 0) port.unref?.();
  return {
    hold(busy) {
      if (busy === held) return;
      held = busy;
      const left = busyOn(port) + (busy ? 1 : -1);
      counts().set(port, left);
      if (busy && left === 1) port.ref?.();
      if (left === 0) port.unref?.();
    },
  };
}

function busyOn(port: Refable): number {
  return counts().get(port) ?? 0;
}

// Under a registered symbol: two copies of this package count together.
function counts(): WeakMap<Refable, number> {
  const key = Symbol.for("portolan.worker-threads.busy");
  const realm = globalThis as unknown as Record<symbol, WeakMap<Refable, number> | undefined>;
  let found = realm[key];
  if (found === undefined) {
    found = new WeakMap();
    Object.defineProperty(realm, key, { value: found });
  }
  return found;
}
