import type { CloseReason } from "@portolan/protocol";

/** The end of a port that got a message which this context cannot read: what it said is lost, so the conversation is over. */
export function unreadable(cause: unknown): CloseReason {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return { code: "PROTOCOL_ERROR", message: `a message arrived that cannot be read here${why}`, by: "remote", cause };
}
