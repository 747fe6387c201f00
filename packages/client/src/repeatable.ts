import { isMarked, type OutgoingCall } from "@portolan/protocol";

/** Which calls may run twice: a test of your own, or a contract whose procedures say `.idempotent()`. */
export type Idempotent = ((call: OutgoingCall) => boolean) | object;

/** Makes the test of {@link Idempotent}. Without one, no call may. */
export function idempotencyTest(idempotent: Idempotent | undefined): (call: OutgoingCall) => boolean {
  if (idempotent === undefined) return () => false;
  // A contract is an object: a function is the caller's own test.
  if (typeof idempotent !== "function" && (typeof idempotent !== "object" || idempotent === null))
    throw new TypeError(`expected idempotent to be a test or a contract, got ${String(idempotent)}`);
  if (typeof idempotent === "function") return idempotent as (call: OutgoingCall) => boolean;
  return ({ path }) => leafAt(idempotent, path)?.idempotent === true;
}

/** True unless something in the arguments is gone once it was sent: what moves, and streams. */
export function canBeSentAgain(args: readonly unknown[]): boolean {
  const seen = new Set<object>();
  const waiting: unknown[] = [...args];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (isMarked(next) || Symbol.asyncIterator in next || /Stream\]$/.test(Object.prototype.toString.call(next))) {
      return false;
    }
    if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) continue;
    // One by one: as arguments of one call a hundred thousand would be too many.
    for (const part of next instanceof Map ? [...next].flat(1) : next instanceof Set ? next : Object.values(next))
      waiting.push(part);
  }
  return true;
}

const definitionMark = Symbol.for("portolan.definition");

function leafAt(contract: object, path: readonly string[]): { readonly idempotent?: boolean } | undefined {
  let at: unknown = contract;
  for (const name of path) {
    at =
      typeof at === "object" && at !== null && Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : null;
  }
  return (at as Record<symbol, { readonly idempotent?: boolean } | undefined> | null)?.[definitionMark];
}
