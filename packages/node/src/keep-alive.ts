import { type Refable, refAll } from "./refable.ts";

/** How many transports are busy on a thing that several share. */
const busy = new WeakMap<object, number>();

/** One transport's say in whether what it shares with others keeps the process alive. */
export class KeepAlive {
  readonly #key: object;
  readonly #things: readonly (Refable | null | undefined)[];
  #held = false;

  /** `key` is what the transports share. Make it after the listeners: Node refs a channel for its first one. */
  constructor(key: object, things: readonly (Refable | null | undefined)[]) {
    this.#key = key;
    this.#things = things;
    if (!busy.get(key)) refAll(things, false);
  }

  /** True: stay. False: the process may end. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    const left = (busy.get(this.#key) ?? 0) + (held ? 1 : -1);
    busy.set(this.#key, left);
    if (left === 0 || (held && left === 1)) refAll(this.#things, held);
  }
}
