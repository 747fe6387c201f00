import { isGenerated } from "@portolan/protocol";
import { Deadline } from "./deadline.ts";
import type { Run } from "./run.ts";
import type { Turnstile } from "./turnstile.ts";

/** A run that waits for its turn, and has only so much time. */
export class CappedRun {
  readonly #run: Run;
  readonly #deadline: number | undefined;
  readonly #turnstile: Turnstile | undefined;

  constructor(run: Run, deadline: number | undefined, turnstile: Turnstile | undefined) {
    this.#run = run;
    this.#deadline = deadline;
    this.#turnstile = turnstile;
  }

  async start(input: unknown): Promise<unknown> {
    const run = this.#run;
    if (this.#deadline === undefined) return this.#inTurn(input);
    const deadline = new Deadline(this.#deadline, run.call.signal, run.name);
    run.signal = deadline.signal;
    return deadline.race(this.#inTurn(input), discard);
  }

  async #inTurn(input: unknown): Promise<unknown> {
    const run = this.#run;
    const turnstile = this.#turnstile;
    if (!turnstile) return run.start(input);
    const turn = turnstile.enter(() => run.signal ?? run.call.signal);
    if (turn) await turn;
    let inside = true;
    run.ended = () => {
      if (inside) turnstile.leave();
      inside = false;
    };
    return run.start(input);
  }
}

function discard(late: unknown): void {
  // What goes wrong while it ends is nobody's any more.
  if (isGenerated(late))
    late[Symbol.asyncIterator]()
      .return?.()
      .catch(() => {});
}
