import { exceeded } from "./limits.ts";
import type { PendingCall } from "./pending-call.ts";

/** What most queues hold at all times. Never written to. */
const none: never[] = [];

/** Calls of ours that wait for a place over there, and the notifications behind them: first in, first out. */
export class CallQueue {
  #calls: PendingCall[] = none;
  readonly #most: number;
  /** Notifications that wait. */
  #behind = 0;

  /** `most` calls may wait, and as many notifications. */
  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#calls.length;
  }

  /** Why no call can wait any more, if so. */
  get refusal(): ReturnType<typeof exceeded> | undefined {
    return this.#calls.length < this.#most ? undefined : exceeded("calls waiting", this.#most);
  }

  all(): readonly PendingCall[] {
    return this.#calls;
  }

  push(call: PendingCall): void {
    if (this.#calls === none) this.#calls = [];
    this.#calls.push(call);
  }

  /** Takes the first call; {@link sendThoseBehind} it once it is on its way. */
  shift(): PendingCall | undefined {
    return this.#calls.shift();
  }

  find(id: number): PendingCall | undefined {
    return this.#calls.find((call) => call.id === id);
  }

  /** Empties the queue; what waits behind its calls is dropped. */
  clear(): PendingCall[] {
    this.#behind = 0;
    return this.#calls.splice(0);
  }

  /** Takes a call out; what waits behind it keeps its place. Says whether it was there. */
  remove(call: PendingCall): boolean {
    const at = this.#calls.indexOf(call);
    if (at < 0) return false;
    this.#calls.splice(at, 1);
    const before = this.#calls[at - 1];
    if (!before) this.sendThoseBehind(call);
    else if (call.ties) before.tie().behind.push(...call.ties.behind);
    return true;
  }

  /** Sends a notification in its turn: now, or after the last call that waits. Throws RESOURCE_EXHAUSTED for too many. */
  sendBehind(send: () => void): void {
    const last = this.#calls.at(-1);
    if (!last) return send();
    if (this.#behind >= this.#most) throw exceeded("notifications waiting", this.#most);
    this.#behind++;
    last.tie().behind.push(send);
  }

  /** The call has left, or never will. */
  sendThoseBehind({ ties }: PendingCall): void {
    if (!ties) return;
    this.#behind -= ties.behind.length;
    for (const send of ties.behind.splice(0)) send();
  }
}
