import type { Rig } from "./rig.ts";

/** What one cell showed. */
export interface Shown {
  /** The bound that was kept, as it stands in the table: a measure or a sentence. */
  readonly ms?: number;
  readonly what: string;
}

/** One row of the matrix: a fault, what must follow, and how it is produced. */
export interface Row {
  readonly id: string;
  readonly fault: string;
  readonly promise: string;
  /** The longest that may pass, in milliseconds; for rows that measure. */
  readonly bound?: number;
  /** Columns where it makes sense, by rig name. */
  readonly columns: readonly string[];
  /** What stands in a column where it cannot be produced here. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  run(rig: Rig): Promise<Shown>;
}

/** Every column. */
export const everywhere: readonly string[] = ["in memory", "worker_threads", "child stdio", "tcp", "WebSocket"];
/** Those with a process of their own behind them. */
export const processes: readonly string[] = ["child stdio", "tcp", "WebSocket"];
