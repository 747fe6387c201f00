import type { CallOptions } from "../call-options.ts";
import { captureArguments } from "../capture.ts";
import { RpcError } from "../error.ts";
import { CallResult } from "./call-result.ts";
import type { ResultBase, StubBase, StubPath } from "./stub-base.ts";
import { watchCall } from "./watch-call.ts";

/**
 * A call whose session is not there yet: its arguments are captured now, and it
 * is made when `base` resolves. Its deadline and its signal count from now on;
 * when they end it before, `abandon` runs, so that nothing is held for it.
 */
export function deferCall(
  base: Promise<StubBase>,
  path: StubPath,
  args: readonly unknown[],
  options: CallOptions | undefined,
  unread: (error: RpcError, path: readonly string[]) => void,
  abandon?: () => void,
): ResultBase {
  const result = new CallResult({ unread }, path.segments);
  const { signal, timeout } = options ?? {};
  const started = performance.now();
  let unwatch: (() => void) | undefined;
  const fail = (error: unknown) => {
    unwatch?.();
    result.reject(() => RpcError.from(error, "INTERNAL", "no"));
  };
  const giveUp = (error: RpcError) => {
    abandon?.();
    fail(error);
  };
  if (signal?.aborted) {
    giveUp(aborted(signal));
    return result;
  }
  unwatch = watchCall(signal, timeout, { abort: () => giveUp(aborted(signal)), expire: () => giveUp(late(timeout)) });
  try {
    const captured = captureArguments(args);
    const call = (found: StubBase) => {
      unwatch?.();
      if (result.settled) return;
      result.adopt(found.call(path, captured, rest(options, performance.now() - started)).promise());
    };
    base.then(call, fail);
  } catch (error) {
    fail(error);
  }
  return result;
}

/** A result that fails with this error. */
export function failedCall(path: StubPath, error: RpcError, unread: (error: RpcError) => void): ResultBase {
  const result = new CallResult({ unread }, path.segments);
  result.reject(() => error);
  return result;
}

function rest(options: CallOptions | undefined, passed: number): CallOptions | undefined {
  return options?.timeout === undefined ? options : { ...options, timeout: Math.max(0, options.timeout - passed) };
}

function aborted(signal: AbortSignal | undefined): RpcError {
  return new RpcError("CANCELLED", "the call was aborted", { cause: signal?.reason, delivered: "no" });
}

function late(timeout: number | undefined): RpcError {
  return new RpcError("DEADLINE_EXCEEDED", `no connection within ${timeout} ms`, { delivered: "no" });
}
