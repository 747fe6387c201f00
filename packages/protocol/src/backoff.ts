/** How long to wait between attempts. */
export interface Backoff {
  /** Milliseconds before the second attempt, at most. Default 100; 1 000 for connectors over a network. */
  readonly first?: number;
  /** How much longer each further wait may be. Default 2. */
  readonly factor?: number;
  /** The longest wait in milliseconds. Default 10 000. */
  readonly longest?: number;
  /** Random numbers in [0, 1), for tests. Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * The wait before attempt number `attempt` (from 1): a random part of a time that
 * grows up to a cap ("full jitter"), so that many clients that lost one server do
 * not come back at once. Never less than a tenth of that time.
 */
export function waitBefore(attempt: number, backoff: Backoff = {}): number {
  const { first = 100, factor = 2, longest = 10_000, random = Math.random } = backoff;
  const most = Math.min(longest, first * factor ** Math.min(attempt - 1, 64));
  return most * (0.1 + 0.9 * random());
}
