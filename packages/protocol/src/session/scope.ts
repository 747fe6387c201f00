/** Who lends things, and takes each back when the call ends that it was lent for. */
export interface Lender<Thing> {
  endLend(thing: Thing, scope: CallScope): void;
}

/**
 * How long what was lent for one call stays lent: until the call has been
 * answered and every stream of that call has ended. The callee decides, and says
 * `done` where that is later than the answer.
 */
export class CallScope {
  #open = 1;
  #ended = false;
  /** Lenders, each followed by what it lent: a closure for each would cost every callback that is passed. */
  #atEnd: unknown[] | undefined;

  /** True once everything that was lent for the call has been taken back. */
  get ended(): boolean {
    return this.#ended;
  }

  /** True while streams of the call go on besides its answer. */
  get hasStreams(): boolean {
    return this.#open > 1;
  }

  /** A stream of the call begins. Returns the way to say that it has ended; saying so twice is quiet. */
  enter(): () => void {
    this.#open++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.leave();
    };
  }

  /** Sends what speaks of something that came with the call; a call that waits to be sent goes first. */
  follow(send: () => void): void {
    send();
  }

  /** The answer has been given, or one stream has ended. */
  leave(): void {
    if (--this.#open === 0) this.end();
  }

  /** Ends the scope whatever goes on. Ending it twice is quiet. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const atEnd = this.#atEnd;
    this.#atEnd = undefined;
    if (!atEnd) return;
    for (let at = 0; at < atEnd.length; at += 2) (atEnd[at] as Lender<unknown>).endLend(atEnd[at + 1], this);
  }

  /** Gives `thing` back to who lends it when the scope ends; at once if it has. */
  lend<Thing>(lender: Lender<Thing>, thing: Thing): void {
    if (this.#ended) lender.endLend(thing, this);
    else if (this.#atEnd) this.#atEnd.push(lender, thing);
    else this.#atEnd = [lender, thing];
  }

  /** Runs `end` when the scope ends; at once if it has. */
  onEnd(end: () => void): void {
    this.lend(runner, end);
  }
}

const runner: Lender<() => void> = { endLend: (end) => end() };
