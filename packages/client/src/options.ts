import { type CallOptions, checkNames, makeStub, mergeOptions, nodeOf } from "@portolan/protocol";

/**
 * The same client, branch or function with options for every call made through
 * it: `withOptions(client, { timeout: 500 }).users.get(7)`. Options add up, inner
 * ones win; plain metadata is merged. The original stays as it is.
 *
 * Throws a TypeError for what is no stub, and for options that cannot be meant.
 */
export function withOptions<Stub extends object>(stub: Stub, options: Omit<CallOptions, "notify"> = {}): Stub {
  checkNames(options, callOptions);
  checkOptions(options);
  return restub(stub, options) as Stub;
}

/**
 * The same function as a notification: nothing comes back, not even a failure,
 * and nothing waits. `notify(client.log.write)("fire and forget")`.
 *
 * The returned function throws an RpcError INVALID_ARGUMENT for arguments that
 * cannot cross (callbacks and streams among them: nothing would end them), and
 * UNAVAILABLE after the session has ended.
 */
export function notify<Args extends readonly unknown[]>(
  procedure: (...args: Args) => unknown,
): (...args: Args) => void {
  return restub(procedure, { notify: true }) as (...args: Args) => void;
}

function restub(stub: object, options: CallOptions): object {
  const node = nodeOf(stub);
  if (!node) throw new TypeError("expected a client, a branch or a function of one");
  return makeStub(node.base, node.segments, mergeOptions(node.options, options));
}

const callOptions = ["signal", "timeout", "idleTimeout", "metadata", "key", "after"];

/** Throws a TypeError for times that are none, and for a signal that is none. */
export function checkOptions({
  signal,
  timeout,
  idleTimeout,
}: { readonly [Name in keyof CallOptions]: CallOptions[Name] | undefined }): void {
  if (signal !== undefined && typeof signal?.addEventListener !== "function")
    throw new TypeError("expected signal to be an AbortSignal: of a controller, its signal");
  for (const [name, value] of Object.entries({ timeout, idleTimeout })) {
    if (value !== undefined && !(typeof value === "number" && value >= 0)) {
      throw new TypeError(`expected ${name} to be milliseconds, got ${String(value)}`);
    }
  }
}
