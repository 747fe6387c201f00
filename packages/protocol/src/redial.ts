import { after } from "./after.ts";
import { type Backoff, waitBefore } from "./backoff.ts";

/**
 * Over networks the first wait is longer: a server that goes has a thousand clients, and
 * they come back spread over this time.
 */
const firstOverNetworks = 1000;

/** When a connector dials again: how it spaces its attempts, and the timer until the next one. */
export class Redial {
  readonly #backoff: Backoff | undefined;
  #network = false;
  /** Waits since a connection last held. */
  #waits = 0;
  /** The longest that the last wait could have been. */
  #longest = 0;
  #since = 0;
  #timer: unknown;

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

  /** An attempt is due, and has not begun. */
  get due(): boolean {
    return this.#timer !== undefined;
  }

  /** Begins the next attempt in its time, unless one is due. */
  later(begin: () => void): void {
    if (this.due) return;
    const again = () => {
      this.#timer = undefined;
      begin();
    };
    this.#timer = after(this.#next(), again);
  }

  /** Only somebody who waits keeps the process alive. */
  hold(awaited: boolean): void {
    const timer = this.#timer as { ref?(): void; unref?(): void } | undefined;
    if (awaited) timer?.ref?.();
    else timer?.unref?.();
  }

  /** No attempt is due any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Milliseconds until the next attempt. */
  #next(): number {
    const backoff = this.#network ? { first: firstOverNetworks, ...this.#backoff } : this.#backoff;
    this.#longest = waitBefore(++this.#waits, { ...backoff, random: one });
    return waitBefore(this.#waits, backoff);
  }
}

const one = (): number => 1;
