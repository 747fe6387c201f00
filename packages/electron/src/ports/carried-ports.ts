/**
 * Electron's main ports move ports beside a message, never in it. So ports that stand in a message are taken out,
 * their places are written down, and the other end puts them back.
 */

const portsKey = "portolan:ports";

/** A message without its ports. */
export interface Lifted {
  readonly message: unknown;
  readonly ports: readonly object[];
}

type Path = readonly (string | number)[];

/**
 * Takes `ports` out of a message: what is left, in an envelope that says where they stood.
 * The message itself is not changed. Throws a TypeError for a port in a place that cannot be written down.
 */
export function liftPorts(message: unknown, ports: readonly object[]): Lifted {
  if (ports.length === 0) return { message, ports };
  const places: Path[] = ports.map(() => []);
  const found = new Set<object>();
  const copies = new Map<object, unknown>();
  const copy = (value: unknown, path: Path): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const index = ports.indexOf(value);
    if (index >= 0) {
      found.add(value);
      places[index] = path;
      return null;
    }
    if (copies.has(value)) return copies.get(value);
    if (!isContainer(value)) return value;
    const twin: Record<string, unknown> | unknown[] = Array.isArray(value) ? new Array(value.length) : {};
    copies.set(value, twin);
    for (const key of Object.keys(value)) {
      const at = Array.isArray(value) ? Number(key) : key;
      set(twin, at, copy((value as Record<string, unknown>)[key], [...path, at]));
    }
    return twin;
  };
  const rest = copy(message, []);
  if (found.size < ports.length) {
    throw new TypeError("a port crosses Electron's main process in plain objects and arrays only");
  }
  return { message: { [portsKey]: places, message: rest }, ports };
}

/** Puts ports that came beside a message back in their places. What is no envelope is left as it is. */
export function landPorts(data: unknown, ports: readonly object[]): unknown {
  if (ports.length === 0 || typeof data !== "object" || data === null || !Object.hasOwn(data, portsKey)) return data;
  const { [portsKey]: places, message } = data as Record<string, unknown>;
  if (!Array.isArray(places) || places.length !== ports.length) return data;
  ports.forEach((port, index) => {
    put(message, places[index], port);
  });
  return message;
}

/** Puts a port at a foreign path: along own keys only, and only where a null keeps the place. */
function put(message: unknown, path: unknown, port: object): void {
  if (!Array.isArray(path)) return;
  let holder = message;
  for (const key of path.slice(0, -1)) holder = ownValue(holder, key);
  const last: unknown = path.at(-1);
  if (ownValue(holder, last) === null) set(holder as object, last as string | number, port);
}

function ownValue(holder: unknown, key: unknown): unknown {
  if (typeof holder !== "object" || holder === null) return undefined;
  if (typeof key !== "string" && typeof key !== "number") return undefined;
  return Object.hasOwn(holder, key) ? (holder as Record<string | number, unknown>)[key] : undefined;
}

/** Defines instead of assigning, so that a key named `__proto__` stays a key. */
function set(holder: object, key: string | number, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

function isContainer(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
