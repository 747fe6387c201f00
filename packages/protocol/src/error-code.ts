/**
 * Codes that an {@link RpcError} carries. The names are gRPC's
 * (https://grpc.io/docs/guides/status-codes); `PROTOCOL_ERROR` and
 * `VERSION_MISMATCH` are reasons why a whole session ended.
 */
export const errorCodes = [
  "CANCELLED",
  "DEADLINE_EXCEEDED",
  "UNAVAILABLE",
  "UNIMPLEMENTED",
  "INVALID_ARGUMENT",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "UNAUTHENTICATED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "DATA_LOSS",
  "INTERNAL",
  "PROTOCOL_ERROR",
  "VERSION_MISMATCH",
] as const;

/** One of the codes that Portolan itself uses. */
export type KnownErrorCode = (typeof errorCodes)[number];

/** A known code, or one that a router declared. */
export type ErrorCode = KnownErrorCode | (string & {});

/**
 * Whether the handler of a failed call had started: `"no"` (certainly not, so a
 * repeat is safe), `"yes"`, or `"unknown"` (the connection broke in between).
 */
export type Delivered = "no" | "yes" | "unknown";
