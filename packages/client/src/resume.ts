import type { Backoff, OutgoingCall, OutgoingInterceptor } from "@portolan/protocol";
import { Attempts, checkAttempts } from "./attempts.ts";
import { givenUp } from "./pause.ts";
import { canBeSentAgain } from "./repeatable.ts";
import { isStream, ResumedStream } from "./resumed-stream.ts";

/** How {@link resume} goes on. */
export interface ResumeOptions {
  /**
   * Which calls give streams that may be resumed; such a call is also made again when its connection is lost before it is
   * answered. Default: every stream whose items carry ids, once there is one.
   */
  readonly when?: (call: OutgoingCall) => boolean;
  /** Attempts in a row, without an item between them, before the failure is told. Default 10. */
  readonly attempts?: number;
  /** How long to wait between attempts that fail, the first one aside; see {@link Backoff}. */
  readonly backoff?: Backoff;
}

/**
 * An interceptor that goes on with a stream after its connection was lost: the
 * call is made again with the id of the last item seen, which the handler reads as
 * `call.after`. Nothing is lost or doubled if the handler goes on behind that id. A
 * stream that was lost before its first item starts over, from where it was first asked to. Streams whose
 * items carry no ids fail as they would without it, once an item has come.
 *
 * For clients that reconnect: `createClient(connector, { interceptors: { outgoing: [resume()] } })`.
 */
export function resume(options: ResumeOptions = {}): OutgoingInterceptor {
  checkAttempts(options);
  return async (call, next) => {
    if (call.notify || options.when?.(call) === false || !canBeSentAgain(call.args)) return next();
    const attempts = new Attempts(options);
    for (;;) {
      try {
        const result = await next();
        return isStream(result) ? new ResumedStream(result, call, next, attempts) : result;
      } catch (error) {
        // Only the test says that this call gives a stream, and not something that must not run twice.
        if (!options.when || !attempts.mayFollow(error)) throw error;
        if (!(await attempts.pause(call.signal, call.ended))) throw givenUp(call, error);
      }
    }
  };
}
