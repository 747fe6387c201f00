import { makeStub, mergeOptions, nodeOf } from "@portolan/protocol";

/** Calls a procedure so that aborting `signal` aborts the call. */
export function callWithSignal<Args extends readonly unknown[], R>(
  procedure: (...args: Args) => R,
  args: Args,
  signal: AbortSignal,
): R {
  const node = nodeOf(procedure);
  if (!node) throw new TypeError("expected a procedure of a client");
  const bound = makeStub(node.base, node.segments, mergeOptions(node.options, { signal }));
  // The same procedure with an option more.
  return (bound as typeof procedure)(...args);
}
