import { onAbort } from "../on-abort.ts";
import type { Link } from "./link.ts";
import type { CallScope } from "./scope.ts";

/**
 * AbortSignals that cross. Ours tell the peer when they abort; the peer's are
 * signals here that abort when it says so. Both end with the call they came with.
 */
export class Signals {
  readonly #link: Link;
  readonly #ours = new Map<number, () => void>();
  readonly #theirs = new Map<number, AbortController>();

  constructor(link: Link) {
    this.#link = link;
  }

  get size(): number {
    return this.#ours.size + this.#theirs.size;
  }

  /** Sends a signal that has not aborted. Returns its id. */
  write(signal: AbortSignal, scope: CallScope | undefined): number {
    const id = this.#link.nextId();
    const stop = onAbort(signal, () => {
      this.#ours.delete(id);
      this.#link.sendAbort(id, signal.reason, scope);
    });
    const forget = () => {
      stop();
      this.#ours.delete(id);
    };
    this.#ours.set(id, forget);
    scope?.onEnd(forget);
    return id;
  }

  /** Revives a signal that arrived. */
  read(id: number, scope: CallScope | undefined): AbortSignal {
    const controller = new AbortController();
    this.#theirs.set(id, controller);
    scope?.onEnd(() => this.#theirs.delete(id));
    return controller.signal;
  }

  has(id: number): boolean {
    return this.#theirs.has(id);
  }

  /** The peer's signal aborted. Quiet for one that has ended. */
  abort(id: number, reason: unknown): boolean {
    const controller = this.#theirs.get(id);
    if (!controller) return false;
    this.#theirs.delete(id);
    controller.abort(reason);
    return true;
  }

  /** The session has ended: nothing of the peer's will abort any more, and ours need not be watched. */
  end(reason: unknown): void {
    for (const forget of [...this.#ours.values()]) forget();
    const theirs = [...this.#theirs.values()];
    this.#theirs.clear();
    for (const controller of theirs) controller.abort(reason);
  }
}
