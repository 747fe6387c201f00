import { RpcError } from "../error.ts";
import type { ErrorCode } from "../error-code.ts";
import type { CloseReason } from "../transport.ts";

/** With what everything under way fails when a session ends for this reason. */
export function pendingFailure(reason: CloseReason): RpcError {
  const { by, message } = reason;
  if (reason.code !== "OK") return new RpcError(reason.code, message, causeOf(reason));
  if (by === "local") return new RpcError("CANCELLED", message, causeOf(reason));
  return new RpcError("UNAVAILABLE", "the other side closed the session", causeOf(reason));
}

/** With what calls fail that are made after the end. */
export function laterFailure(reason: CloseReason): RpcError {
  const code: ErrorCode = reason.code === "OK" ? "UNAVAILABLE" : reason.code;
  return new RpcError(code, reason.message, { ...causeOf(reason), delivered: "no" });
}

function causeOf({ cause }: CloseReason): { readonly cause?: unknown } {
  return cause === undefined ? {} : { cause };
}
