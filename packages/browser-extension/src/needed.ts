import { RpcError } from "@portolan/protocol";

/** Gives what the platform has for us. Throws an RpcError FAILED_PRECONDITION where it has nothing: no later dial would help. */
export function needed<Found>(find: () => Found): Found {
  try {
    return find();
  } catch (cause) {
    throw new RpcError("FAILED_PRECONDITION", (cause as Error).message, { cause, delivered: "no" });
  }
}
