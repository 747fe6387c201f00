import { markUnstarted, onAbort, RpcError } from "@portolan/protocol";

/** Calls of one procedure that may wait for their turn. */
const maxWaiting = 1024;

/** Lets only so many in at once; the others wait in line. */
export class Turnstile {
  readonly #places: number;
  readonly #line: (() => void)[] = [];
  #inside = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /**
   * Resolves when it is our turn, or returns undefined where it is already. Whoever
   * got in calls {@link leave} once. Rejects with the signal's reason, and with
   * RESOURCE_EXHAUSTED when the line is too long.
   */
  enter(signal: () => AbortSignal): Promise<void> | undefined {
    if (this.#inside < this.#places) {
      this.#inside++;
      return undefined;
    }
    if (this.#line.length >= maxWaiting) {
      const message = `${maxWaiting} calls wait for this procedure already`;
      return Promise.reject(markUnstarted(new RpcError("RESOURCE_EXHAUSTED", message)));
    }
    return this.#wait(signal());
  }

  /** Gives the place to the next in line. */
  leave(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#inside--;
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        stop();
        resolve();
      };
      const giveUp = () => {
        this.#line.splice(this.#line.indexOf(enter), 1);
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      const stop = onAbort(signal, giveUp);
      this.#line.push(enter);
    });
  }
}
