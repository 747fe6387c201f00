import { type Listeners, listen, nobody } from "../listeners.ts";
import type { Session } from "../session-options.ts";

/** Where a session stands. */
export type State = Session["state"];

/** What telling needs of its session. */
export interface StateOwner {
  /** A listener threw. */
  report(error: unknown): void;
}

/** Where a session stands, and who is told when that changes. */
export class StateTeller {
  readonly #owner: StateOwner;
  /** Who is told. */
  listeners: Listeners<State> = nobody;
  #now: State = "connecting";

  constructor(owner: StateOwner) {
    this.#owner = owner;
  }

  get now(): State {
    return this.#now;
  }

  /** Tells every listener, unless nothing changes. Nothing follows upon `"closed"`. */
  enter(state: State): void {
    if (this.#now === state || this.#now === "closed") return;
    this.#now = state;
    for (const listener of this.listeners) {
      try {
        listener(state);
      } catch (error) {
        this.#owner.report(error);
      }
    }
  }

  /** Returns the way to stop listening. */
  on(listener: (state: State) => void): () => void {
    return listen(this, "listeners", listener);
  }
}
