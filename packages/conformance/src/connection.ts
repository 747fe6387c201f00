import type { Transport } from "@portolan/protocol";

/** Two ends that a case runs over. Made afresh for every case; the kit ends both. */
export interface Connection {
  /** The end that calls. */
  readonly near: Transport;
  /**
   * The end that is called. Left out when it lives in another thread, page or
   * process, which then calls `serveConformance(transport)` itself.
   */
  readonly far?: Transport;
  /** Ends what carries the two, such as a worker. Runs after both have been closed. */
  close?(): void | Promise<void>;
  /** Listeners on the platform's near port, for cases that count them. */
  listeners?(): number;
}

/** Throws a TypeError for what `connect` must not give: cases would fail for reasons that say nothing. */
export function checkConnection(connection: unknown): void {
  const { near, far } = Object(connection) as Partial<Connection>;
  for (const end of far === undefined ? [near] : [near, far]) {
    if (typeof end?.receive === "function" && typeof end.close === "function") continue;
    throw new TypeError("expected connect() to give { near } or { near, far }, which are transports");
  }
}
