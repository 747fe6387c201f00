import type { CallOptions } from "../call-options.ts";
import type { OutgoingCall, OutgoingInterceptor } from "../interceptor.ts";
import { CallResult, type ResultOwner } from "./call-result.ts";
import type { ResultBase, StubBase, StubPath } from "./stub-base.ts";

/**
 * Runs a call through its interceptors. Since they may change the result, calls
 * that are built on it wait for what they return.
 */
export function interceptCall(
  interceptors: readonly OutgoingInterceptor[],
  owner: ResultOwner,
  base: StubBase,
  path: StubPath,
  args: readonly unknown[],
  options: CallOptions | undefined,
): ResultBase {
  const start = async (call: OutgoingCall) => base.call(pathOf(call, path), call.args, optionsOf(call)).promise();
  // Calls that are built on the result wait for what the interceptors return.
  const { unread } = owner;
  return new CallResult({ unread: unread.bind(owner) }, path.segments).adopt(
    run(interceptors, describe(path, args, options, owner.ended), start),
  );
}

/** Runs a notification through the interceptors of calls. */
export function interceptNotification(
  interceptors: readonly OutgoingInterceptor[],
  base: StubBase,
  path: StubPath,
  args: readonly unknown[],
  options: CallOptions | undefined,
  report: (error: unknown) => void,
): void {
  const send = async (call: OutgoingCall) => base.notify(pathOf(call, path), call.args, optionsOf(call));
  run(interceptors, describe(path, args, options), send).catch(report);
}

function run(
  interceptors: readonly OutgoingInterceptor[],
  call: OutgoingCall,
  last: (call: OutgoingCall) => Promise<unknown>,
): Promise<unknown> {
  const enter = interceptors.reduceRight<(call: OutgoingCall) => Promise<unknown>>(
    (inner, interceptor) => async (current) => interceptor(current, (changed) => inner(changed ?? current)),
    last,
  );
  return enter(call);
}

function describe(
  path: StubPath,
  args: readonly unknown[],
  options: CallOptions | undefined,
  ended?: AbortSignal,
): OutgoingCall {
  const { metadata, signal, timeout, idleTimeout, key, after, notify = false } = options ?? {};
  return { path: path.segments, args, metadata, signal, timeout, idleTimeout, key, after, notify, ended };
}

function pathOf(call: OutgoingCall, original: StubPath): StubPath {
  return call.path === original.segments ? original : { segments: call.path };
}

function optionsOf({ metadata, signal, timeout, idleTimeout, key, after, notify }: OutgoingCall): CallOptions {
  return {
    ...(metadata !== undefined && { metadata }),
    ...(signal && { signal }),
    ...(timeout !== undefined && { timeout }),
    ...(idleTimeout !== undefined && { idleTimeout }),
    ...(key !== undefined && { key }),
    ...(after !== undefined && { after }),
    ...(notify && { notify }),
  };
}
