import type { Transport } from "./transport.ts";

/** A source of arriving transports, each with its peer. Adapters make them; `serve` takes them. */
export interface Listener {
  /** Where it listens, once {@link Listener.ready}. What it is depends on the platform. */
  readonly address: unknown;
  /** Resolves once peers can arrive; rejects when that fails, as on a taken port. */
  readonly ready: Promise<void>;
  /**
   * Starts listening, in the same turn, and hands over each transport that arrives.
   * `report` hears of peers that were refused. Called once.
   */
  accept(arrive: (transport: Transport) => void, report: (error: unknown) => void): void;
  /** Stops listening. Transports that were handed over live on. Calling it twice is quiet. */
  close(): Promise<void>;
}
