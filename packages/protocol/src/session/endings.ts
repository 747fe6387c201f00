import { RpcError } from "../error.ts";
import type { Delivered, ErrorCode } from "../error-code.ts";
import type { CloseReason } from "../transport.ts";

/**
 * With what everything under way fails when a session ends for this reason. `delivered` is `"no"` where the other side has
 * certainly run nothing.
 */
export function pendingFailure(reason: CloseReason, delivered: Delivered = reason.delivered ?? "unknown"): RpcError {
  const { by, message } = reason;
  const options = { ...causeOf(reason), delivered };
  if (reason.code !== "OK") return new RpcError(reason.code, message, options);
  if (by === "local") return new RpcError("CANCELLED", message, options);
  return new RpcError("UNAVAILABLE", "the other side closed the session", options);
}

/** With what calls fail that are made after the end. */
export function laterFailure(reason: CloseReason): RpcError {
  const code: ErrorCode = reason.code === "OK" ? "UNAVAILABLE" : reason.code;
  return new RpcError(code, reason.message, { ...causeOf(reason), delivered: "no" });
}

function causeOf({ cause }: CloseReason): { readonly cause?: unknown } {
  return cause === undefined ? {} : { cause };
}
