/** Bytes for each idle session of a server. */
export interface IdleCost {
  readonly heap: number;
  readonly rss: number;
  readonly timers: number;
  readonly sessions: number;
}

export function idleMemory(sessions: number): Promise<{
  readonly bare: IdleCost;
  readonly portolan: IdleCost;
  readonly heapRatio: number;
  readonly rssRatio: number;
}>;
