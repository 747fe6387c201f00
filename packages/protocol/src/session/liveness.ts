import { after } from "../after.ts";
import { unref } from "./unref.ts";

/** When the peer is asked whether it lives, in milliseconds. */
export interface Heartbeat {
  /** Silence after which it is asked. Default 15 000. */
  readonly interval: number;
  /** Silence after that which counts as a miss. Default 10 000. */
  readonly timeout: number;
}

/** What liveness needs of its session. */
export interface LivenessOwner {
  /** Sends a ping. */
  askAfter(number: number): void;
  /** The peer has not answered in time, or answers again. */
  unresponsive(is: boolean): void;
  /** Nothing but this silence would ever tell that the peer is gone. */
  silent(silence: number): void;
  /** The transport itself says when the peer dies. */
  readonly announcesDeath: boolean;
}

/** The first look, so that the timer of a quick call does not stay for a whole interval. In milliseconds. */
const brief = 1000;

/**
 * Asks after a peer that owes us something and is silent. An idle session costs no
 * timer: the last one is left to run out, since calls one after another would each
 * pay for setting and clearing theirs.
 */
export class Liveness {
  readonly #owner: LivenessOwner;
  readonly #interval: number;
  readonly #timeout: number;
  #owed = 0;
  /** What the timer knows: nothing of us while nothing is owed, so that it keeps no session that nobody has any more. */
  readonly #clock: { watches: Liveness | undefined; timer: unknown } = { watches: undefined, timer: undefined };
  #heard = 0;
  #due = 0;
  #pinged: number | undefined;
  #number = 0;
  #missed = false;

  constructor(owner: LivenessOwner, { interval = 15_000, timeout = 10_000 }: Partial<Heartbeat>) {
    this.#owner = owner;
    this.#interval = interval;
    this.#timeout = timeout;
  }

  /** True while the peer owes us something. */
  get owed(): boolean {
    return this.#owed > 0;
  }

  /** The peer owes us one thing more or less. */
  owe(by: 1 | -1): void {
    this.#owed += by;
    if (this.#owed === 1 && by === 1) this.#start();
    else if (this.#owed === 0) this.#clock.watches = undefined;
  }

  /** Anything at all arrived. */
  heard(): void {
    this.#heard++;
    this.#pinged = undefined;
    if (!this.#missed) return;
    this.#missed = false;
    this.#owner.unresponsive(false);
  }

  stop(): void {
    this.#owed = 0;
    clearTimeout(this.#clock.timer);
    this.#clock.watches = this.#clock.timer = undefined;
  }

  #start(): void {
    this.#pinged = undefined;
    this.#clock.watches = this;
    // The timer that is left would count silence in which nothing was owed.
    if (this.#clock.timer !== undefined) this.#heard++;
    else if (this.#interval > brief) this.#watch(this.#heard, brief, this.#interval - brief);
    else this.#watch(this.#heard, this.#interval);
  }

  /** Looks again after `wait` milliseconds, and if nothing came, after `rest` more. */
  #watch(heard: number, wait: number, rest = 0): void {
    const clock = this.#clock;
    clock.timer = after(wait, () => {
      clock.timer = undefined;
      if (clock.watches) clock.watches.#look(heard, rest);
    });
    unref(clock.timer);
  }

  #look(heard: number, rest: number): void {
    if (this.#heard !== heard) return this.#watch(this.#heard, this.#interval);
    if (rest > 0) return this.#watch(heard, rest);
    if (this.#pinged === undefined) {
      this.#pinged = ++this.#number;
      this.#owner.askAfter(this.#pinged);
      return this.#await(heard);
    }
    if (this.#late()) return this.#await(heard);
    this.#miss(heard);
  }

  // The clock is read for pings only: `performance` takes each thread of Node 2 ms to load.
  #await(heard: number): void {
    this.#due = performance.now() + this.#timeout;
    this.#watch(heard, this.#timeout);
  }

  /** This side was blocked, or asleep: what arrived meanwhile is read before the peer is judged. */
  #late(): boolean {
    return performance.now() - this.#due > Math.min(1000, this.#timeout / 2);
  }

  #miss(heard: number): void {
    if (!this.#missed) {
      this.#missed = true;
      this.#owner.unresponsive(true);
    }
    if (!this.#owner.announcesDeath) return this.#owner.silent(this.#interval + this.#timeout);
    this.#pinged = undefined;
    this.#watch(heard, this.#interval);
  }
}
