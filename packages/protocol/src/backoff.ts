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

/**
 * Over networks the first wait is longer: a server that goes has a thousand clients, and
 * they come back spread over this time.
 */
const firstOverNetworks = 1000;

/** How a connector spaces its attempts. */
export class RedialPace {
  readonly #backoff: Backoff | undefined;
  #network = false;
  /** Waits since a connection last held. */
  #waits = 0;
  /** The longest that the last wait could have been. */
  #longest = 0;
  #since = 0;

  constructor(backoff: Backoff | undefined) {
    this.#backoff = backoff;
  }

  /** What it dials is across a network, or is not. */
  over(network: boolean): void {
    this.#network = network;
  }

  /** There is a connection. */
  connected(): void {
    this.#since = performance.now();
  }

  /**
   * There was one. One that did not hold for as long as the wait before it changes nothing: a server that takes
   * connections and drops them must not be dialled faster than one that takes none.
   */
  lost(): void {
    if (performance.now() - this.#since >= this.#longest) this.#waits = 0;
  }

  /** Milliseconds until the next attempt. */
  next(): number {
    const backoff = this.#network ? { first: firstOverNetworks, ...this.#backoff } : this.#backoff;
    this.#longest = waitBefore(++this.#waits, { ...backoff, random: one });
    return waitBefore(this.#waits, backoff);
  }
}

const one = (): number => 1;
