import type { Backoff } from "./backoff.ts";
import type { Session } from "./session-options.ts";
import type { CloseReason } from "./transport.ts";

/** How a connector redials. */
export interface ConnectorOptions {
  /** Ends the connector for good. */
  readonly signal?: AbortSignal;
  /** How long to wait between attempts. Also after a connection that was not held for as long as the wait before it. */
  readonly backoff?: Backoff;
  /** Attempts in a row before it gives up. Default: no limit. */
  readonly attempts?: number;
  /** True dials again only when there is something to send, so that the other side may sleep. Default false. */
  readonly lazy?: boolean;
  /**
   * What happens to calls made while there is no connection. `"reject"` with `lazy`: each call dials, and rejects if
   * that fails. Default `"wait"`.
   */
  readonly whileDown?: "wait" | "reject";
  /** Calls that may wait. Default 16 384. */
  readonly maxWaiting?: number;
  /** Runs at each connection that is ready. */
  readonly onConnect?: (session: Session) => void;
  /** Runs each time a connection is lost. */
  readonly onDisconnect?: (reason: CloseReason) => void;
}
