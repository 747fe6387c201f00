/** What a session holds. When nothing is under way every number is 0. */
export interface SessionStats {
  /** Our calls: sent and unanswered, waiting for a place, and answered with streams going on. */
  readonly calls: { readonly inFlight: number; readonly queued: number; readonly open: number };
  /** Their calls: handlers running, calls waiting to start, results kept for pipelining. */
  readonly handlers: { readonly running: number; readonly parked: number; readonly held: number };
  /** What the peer refers to here. */
  readonly exports: number;
  /** What we refer to over there. */
  readonly stubs: number;
  readonly streams: number;
  readonly promises: number;
  readonly signals: number;
  /** What waits to be sent: messages, and about how many bytes. */
  readonly outbox: { readonly messages: number; readonly bytes: number };
  /** Bytes of a fragmented message that is not whole yet. */
  readonly assembling: number;
}
