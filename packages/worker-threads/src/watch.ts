/** What a watch needs of its platform. */
export interface WatchClock {
  /** Milliseconds since any moment. */
  now(): number;
  /** Calls back after the event loop has turned once, without letting it sleep. Returns the way to take that back. */
  afterTurn(callback: () => void): () => void;
}

/** Milliseconds that a thread stays awake after it has sent something: about what sleeping and waking up take. */
const awake = 0.05;

/** How many messages go by without staying awake, at most, when nothing comes in time. */
const longestRest = 64;

/** A turn of the loop that took longer, in milliseconds, had other work to do, or no processor to itself. */
const longTurn = 1;

/** Milliseconds without staying awake after such a turn: at first, and when it keeps happening. */
const shortestPause = 20;
const longestPause = 10_000;

/**
 * Keeps this thread's event loop turning for up to 50 µs after each message that has left, because its answer may come
 * at once and waking a sleeping thread takes longer than that. Timers, input and immediates get their turn in each
 * round: nobody waits for us, and nothing is read from the port but by its own listener.
 *
 * It gives up where it does not pay. When nothing came in time, the next 1, 2, 4, up to 64 messages go without. When a
 * turn took long, there was other work, or no processor was free, and who burns time then is made to wait for it: for
 * 20 ms, doubled up to 10 s while it goes on, all messages go without.
 */
export class Watch {
  readonly #clock: WatchClock;
  #until = 0;
  #turned = 0;
  #cancel: (() => void) | undefined;
  #heard = false;
  #misses = 0;
  #rest = 0;
  #pause = shortestPause;
  #pausedUntil = 0;

  constructor(clock: WatchClock = ofNode) {
    this.#clock = clock;
  }

  /** A message has left: its answer may be close. */
  sent(): void {
    const now = this.#clock.now();
    if (this.#cancel) {
      this.#until = now + awake;
      return;
    }
    if (now < this.#pausedUntil) return;
    if (this.#rest > 0) this.#rest--;
    else this.#begin(now);
  }

  /** A message has come. One that comes in time shows that it is worth it. */
  heard(): void {
    if (this.#cancel && this.#clock.now() < this.#until) this.#heard = true;
  }

  /** Lets the loop sleep at once. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #begin(now: number): void {
    this.#until = now + awake;
    this.#turned = now;
    this.#heard = false;
    this.#cancel = this.#clock.afterTurn(this.#next);
  }

  readonly #next = (): void => {
    const now = this.#clock.now();
    const turn = now - this.#turned;
    this.#turned = now;
    if (turn < longTurn && now < this.#until) {
      this.#cancel = this.#clock.afterTurn(this.#next);
      return;
    }
    this.#cancel = undefined;
    if (turn >= longTurn) this.#pauseAt(now);
    else if (this.#heard) this.#misses = 0;
    else this.#rest = Math.min(2 ** this.#misses++, longestRest);
  };

  #pauseAt(now: number): void {
    const again = now - this.#pausedUntil < this.#pause * 4;
    this.#pause = again ? Math.min(this.#pause * 2, longestPause) : shortestPause;
    this.#pausedUntil = now + this.#pause;
  }
}

const ofNode: WatchClock = {
  now: () => performance.now(),
  afterTurn(callback) {
    const turn = setImmediate(callback);
    return () => clearImmediate(turn);
  },
};
