import { type Backoff, waitBefore } from "./backoff.ts";

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
