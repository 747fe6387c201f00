import { type OutgoingCall, type OutgoingInterceptor, onAbort, RpcError } from "@portolan/protocol";
import { type Idempotent, idempotencyTest } from "./repeatable.ts";

/** Which calls {@link dedupe} joins. */
export interface DedupeOptions {
  /** A test, or a contract whose procedures say `.idempotent()`. Results should be plain data: all get the same one. */
  readonly idempotent: Idempotent;
}

interface Shared {
  readonly result: Promise<unknown>;
  readonly stop: AbortController;
  waiting: number;
}

/**
 * Joins equal calls that are in flight at the same time: one goes out, all get its
 * result. Equal are path, arguments, metadata, key and times; arguments that are
 * no plain JSON are never joined. The call is aborted when all who wait for it have given up.
 */
export function dedupe(options: DedupeOptions): OutgoingInterceptor {
  if (options?.idempotent === undefined)
    throw new TypeError("dedupe() needs { idempotent }: which calls may be joined");
  const mayJoin = idempotencyTest(options.idempotent);
  const flights = new Map<string, Shared>();
  return (call, next) => {
    const name = call.notify || !mayJoin(call) ? undefined : nameOf(call);
    if (name === undefined) return next();
    const known = flights.get(name);
    if (known) return join(known, call.signal);
    const stop = new AbortController();
    const result = next({ ...call, signal: stop.signal }).finally(() => flights.delete(name));
    const shared: Shared = { result, stop, waiting: 0 };
    flights.set(name, shared);
    return join(shared, call.signal, () => flights.get(name) === shared && flights.delete(name));
  };
}

function join(shared: Shared, signal: AbortSignal | undefined, abandoned?: () => void): Promise<unknown> {
  shared.waiting++;
  if (!signal) return shared.result;
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      reject(new RpcError("CANCELLED", "the call was aborted", { cause: signal.reason }));
      if (--shared.waiting > 0) return;
      abandoned?.();
      shared.stop.abort(signal.reason);
    };
    if (signal.aborted) return giveUp();
    const done = onAbort(signal, giveUp);
    shared.result.then(resolve, reject).finally(done);
  });
}

/** What equal calls have in common; undefined for one that has no equal. */
function nameOf({ path, args, metadata, key, timeout, idleTimeout }: OutgoingCall): string | undefined {
  try {
    return JSON.stringify([path, args, metadata, key, timeout, idleTimeout], plainOnly);
  } catch {
    return undefined;
  }
}

/** Looks at the value itself: JSON would show a Date as the text it turns into. */
function plainOnly(this: Record<string, unknown>, key: string): unknown {
  const value = this[key];
  if (value === undefined) return { "~undefined": true };
  if (!isPlain(value)) throw new TypeError("not JSON");
  return value;
}

function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object": {
      if (value === null || Array.isArray(value)) return true;
      const prototype: unknown = Object.getPrototypeOf(value);
      return prototype === null || prototype === Object.prototype;
    }
    default:
      return typeof value === "string" || typeof value === "boolean";
  }
}
