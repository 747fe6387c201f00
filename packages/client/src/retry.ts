import { type Backoff, type OutgoingCall, type OutgoingInterceptor, RpcError, waitBefore } from "@portolan/protocol";
import { checkAttempts } from "./attempts.ts";
import { isFinal } from "./final-error.ts";
import { givenUp, pause } from "./pause.ts";
import { canBeSentAgain, type Idempotent, idempotencyTest } from "./repeatable.ts";

/** When and how often {@link retry} repeats a call. */
export interface RetryOptions {
  /** Attempts in all. Default 3. */
  readonly attempts?: number;
  /** How long to wait in between; see {@link Backoff}. A server's `data.retryAfter`, in milliseconds, goes before, and up to a quarter more. */
  readonly backoff?: Backoff;
  /** Calls that may be repeated even if they have run: a test, or a contract. Default: those with a `key`. */
  readonly idempotent?: Idempotent;
}

/**
 * Repeats calls that failed for the moment (UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED),
 * if that is safe: the handler certainly had not started (`delivered` is `"no"`), the
 * call is idempotent or has a `key`, or the server asks for it by `data.retryAfter`. Never
 * a call that moved something or sent a stream. The call's `timeout` and `signal`
 * count for all attempts together.
 */
export function retry(options: RetryOptions = {}): OutgoingInterceptor {
  checkAttempts(options);
  const { attempts = 3, backoff = {} } = options;
  const idempotent = idempotencyTest(options.idempotent);
  return async (call, next) => {
    const repeatable = !call.notify && canBeSentAgain(call.args);
    const started = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        return await next(attempt === 1 ? call : withTimeLeft(call, started));
      } catch (thrown) {
        const error = RpcError.from(thrown);
        const safe = error.delivered === "no" || call.key !== undefined || idempotent(call);
        const after = retryAfterOf(error);
        if (
          attempt >= attempts ||
          !repeatable ||
          isFinal(error) ||
          !passing.has(error.code) ||
          !(safe || after !== undefined)
        )
          throw thrown;
        const wait = after === undefined ? waitBefore(attempt, backoff) : spread(after, backoff);
        if (call.timeout !== undefined && performance.now() - started + wait >= call.timeout) throw thrown;
        // Whoever gives up while it waits is told what went wrong so far.
        if (!(await pause(wait, call.signal, call.ended))) throw givenUp(call, thrown);
      }
    }
  };
}

const passing: ReadonlySet<string> = new Set(["UNAVAILABLE", "RESOURCE_EXHAUSTED", "ABORTED"]);

function retryAfterOf({ data }: RpcError): number | undefined {
  const wait: unknown = (data as { readonly retryAfter?: unknown } | null | undefined)?.retryAfter;
  return typeof wait === "number" && wait >= 0 && wait < 2 ** 31 ? wait : undefined;
}

/** Not before it was asked for, and not all who were told the same at once. */
function spread(after: number, { random = Math.random }: Backoff): number {
  return Math.min(after * (1 + 0.25 * random()), 2 ** 31 - 1);
}

function withTimeLeft(call: OutgoingCall, started: number): OutgoingCall {
  if (call.timeout === undefined) return call;
  return { ...call, timeout: Math.max(0, call.timeout - (performance.now() - started)) };
}
