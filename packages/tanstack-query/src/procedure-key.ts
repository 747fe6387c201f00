import { nodeOf } from "@portolan/protocol";

/** `[path]` for a procedure or a branch, `[path, args]` for one call: prefixes of one another, as invalidation wants. */
export type ProcedureKey = readonly [path: readonly string[], args?: readonly unknown[]];

/**
 * The key of a procedure's queries: `queryClient.invalidateQueries({ queryKey: procedureKey(client.users.get) })`
 * matches them all, with `args` only that call's. Throws a TypeError for what is no part of a client.
 */
export function procedureKey(procedure: object, args?: readonly unknown[]): ProcedureKey {
  const node = nodeOf(procedure);
  if (!node) throw new TypeError("expected a procedure of a client");
  return args === undefined || args.length === 0 ? [node.segments] : [node.segments, args];
}
