import { type CallExtra, Kind } from "../message.ts";
import type { Link } from "./link.ts";
import type { PendingCall } from "./pending-call.ts";

/** Calls that are built on the results of others: which the callee is asked to keep, and until when. */
export class Pipelining {
  readonly #link: Link;
  /** The call that is being packed. */
  packing: PendingCall | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  hasLeft({ ticket }: PendingCall): boolean {
    return ticket !== undefined && this.#link.hasLeft(ticket);
  }

  /** Asks the callee to keep the result, by changing the call while it is still here. Says whether that was possible. */
  hold(pending: PendingCall): boolean {
    const ties = pending.tie();
    if (ties.hold) return !ties.sealed;
    if (this.hasLeft(pending)) return false;
    ties.hold = true;
    const message = pending.message as unknown as unknown[];
    message[5] ??= null;
    message[6] = { ...(message[6] as CallExtra | null | undefined), hold: 1 };
    queueMicrotask(() => {
      ties.sealed = true;
      this.releaseHeld(pending);
    });
    return true;
  }

  /** Builds the call that is being packed on `base`. */
  addBase(base: PendingCall | undefined): void {
    const dependent = this.packing;
    if (!base || !dependent || dependent.ties?.bases.includes(base)) return;
    dependent.tie().bases.push(base);
    base.tie().dependents++;
  }

  /** A call has left, or never will: what it is built on is needed by one fewer. */
  releaseBases({ ties }: PendingCall): void {
    for (const base of ties?.bases ?? []) {
      base.tie().dependents--;
      this.releaseHeld(base);
    }
  }

  /** Once everything built on a result is on its way, the callee need not keep it. */
  releaseHeld({ id, ties, ticket }: PendingCall): void {
    if (ties?.sealed && ties.dependents === 0 && ticket !== undefined) this.#link.send([Kind.release, -id, 1]);
  }
}
