import { type CallOptions, makeStub, nodeOf } from "@portolan/protocol";

/** The same stub with options for its calls. */
export function withCallOptions<Stub extends object>(stub: Stub, options: CallOptions): Stub {
  const node = nodeOf(stub);
  if (!node) throw new TypeError("expected a stub");
  // A stub with other options has the same type.
  return makeStub(node.base, node.segments, options) as Stub;
}
