import { nodeOf } from "./session/stub-base.ts";
import { holdingOf } from "./session/stub-retained.ts";

/**
 * Keeps what was lent: a callback or an object that came as an argument stays
 * usable after its call has been answered, until {@link release} gives it back.
 * Returns a hold of its own: releasing it leaves other holds alone, and releasing
 * it twice is quiet. A function of this side is returned as it is.
 *
 * Throws an RpcError FAILED_PRECONDITION when the stub has ended already.
 */
export function retain<T>(stub: T): T {
  const holding = holdingOf(nodeOf(stub)?.base);
  // A hold is a stub for the same thing, so it has the same type.
  return holding ? (holding.core.stubs.retain(holding) as T) : stub;
}

/**
 * Gives back what this side owns or retains: one hold of a stub, or, for a plain
 * value that arrived, every stub and stream inside it. What is not held is left
 * alone, so releasing twice is quiet.
 */
export function release(value: unknown): void {
  releaseIn(value, new Set());
}

/**
 * Lets `using result = await client.open()` release what arrived inside a plain
 * result. The property is not enumerable, so the value compares and crosses as if
 * it were not there.
 */
export function makeDisposable(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Symbol.dispose in value || !holdsStub(value, new Set()))
    return value;
  Object.defineProperty(value, Symbol.dispose, { value: () => release(value), configurable: true, writable: true });
  return value;
}

/**
 * A function for the other side to call whose disposal calls it too: return one
 * from a subscription, and it runs once, when the subscriber calls it, releases
 * it, or goes away.
 */
export function disposable(off: () => void): (() => void) & Disposable {
  if (typeof off !== "function") throw new TypeError(`disposable() needs a function, got ${typeof off}`);
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    off();
  };
  return Object.assign(once, { [Symbol.dispose]: once });
}

function releaseIn(value: unknown, seen: Set<object>): void {
  const node = nodeOf(value);
  if (node) {
    if (node.segments.length === 0) node.base.release?.();
    return;
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (Object.prototype.toString.call(value) === "[object PortolanStream]")
    return closeStream(value as AsyncIterator<unknown>);
  for (const inner of partsOf(value)) releaseIn(inner, seen);
}

function holdsStub(value: unknown, seen: Set<object>): boolean {
  if (nodeOf(value)) return true;
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  for (const inner of partsOf(value)) if (holdsStub(inner, seen)) return true;
  return false;
}

function closeStream(stream: AsyncIterator<unknown>): void {
  // What goes wrong while it closes is the producer's to report.
  stream.return?.().catch(() => {});
}

function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set || Array.isArray(value)) return value;
  return ArrayBuffer.isView(value) ? [] : Object.values(value);
}
