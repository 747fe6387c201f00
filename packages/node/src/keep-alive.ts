import { type Refable, refAll } from "./refable.ts";

/** How many transports there are on a thing that several share, and how many of them are busy. */
const shared = new WeakMap<object, { users: number; busy: number }>();

/** One transport's say in whether what it shares with others keeps the process alive. */
export class KeepAlive {
  readonly #uses: { users: number; busy: number };
  readonly #things: readonly (Refable | null | undefined)[];
  #held = false;

  /** `key` is what the transports share. Make it after the listeners: Node refs a channel for its first one. */
  constructor(key: object, things: readonly (Refable | null | undefined)[]) {
    this.#uses = shared.get(key) ?? { users: 0, busy: 0 };
    shared.set(key, this.#uses);
    this.#things = things;
    this.#uses.users++;
    if (this.#uses.busy === 0) refAll(things, false);
  }

  /** True: stay. False: the process may end. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    this.#uses.busy += held ? 1 : -1;
    if (this.#uses.busy === 0 || (held && this.#uses.busy === 1)) refAll(this.#things, held);
  }

  /** Has no say any more; call it once. With the last one gone, `stay` says whether it keeps the process as without us. */
  leave(stay: boolean): void {
    this.hold(false);
    if (--this.#uses.users === 0 && stay) refAll(this.#things, true);
  }
}
