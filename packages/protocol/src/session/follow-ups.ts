import { Kind, type SettleMessage } from "../message.ts";
import type { FollowUp, Link } from "./link.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Promises } from "./promises.ts";
import type { CallScope } from "./scope.ts";
import type { Signals } from "./signals.ts";
import type { Valuables } from "./valuables.ts";

/** What follow-ups need of their session. */
export interface FollowUpsOwner extends Link {
  readonly values: Valuables;
  readonly promises: Promises;
  readonly signals: Signals;
}

/** Tells the peer how promises settled and signals aborted that it was given, and hears the same of its own. */
export class FollowUps {
  readonly #owner: FollowUpsOwner;

  constructor(owner: FollowUpsOwner) {
    this.#owner = owner;
  }

  /** Whether what the message speaks of has arrived. */
  knows([kind, id]: FollowUp): boolean {
    return kind === Kind.settle ? this.#owner.promises.has(id) : this.#owner.signals.has(id);
  }

  take(message: FollowUp): void {
    if (!this.knows(message)) return;
    if (message[0] === Kind.settle) this.#takeSettled(message);
    else this.#owner.signals.abort(message[1], this.#owner.values.unpackReason(message[2], message[3]));
  }

  sendSettled(id: number, ok: boolean, value: unknown, scope: CallScope | undefined): void {
    const owner = this.#owner;
    let packed: Outgoing;
    try {
      packed = ok
        ? owner.values.packValue(value, "promise", "other", { scope })
        : owner.values.packFailure(value, [], "yes");
      owner.send([Kind.settle, id, ok ? 1 : 0, packed.data, packed.table], packed);
    } catch (unpackable) {
      packed = owner.values.packFailure(unpackable, [], "yes");
      owner.send([Kind.settle, id, 0, packed.data, packed.table], packed);
    }
    owner.checkIdle();
  }

  sendAbort(id: number, reason: unknown): void {
    const packed = this.#owner.values.packReason(reason);
    const message = [Kind.abort, id, packed.data] as const;
    this.#owner.send(packed.table ? [...message, packed.table] : message, packed);
  }

  #takeSettled([, id, ok, value, table]: SettleMessage): void {
    const { promises, values } = this.#owner;
    try {
      const passage = { scope: promises.scopeOf(id) };
      if (ok === 1) promises.settle(id, true, values.unpackValue(value, table, "promise", passage));
      else promises.settle(id, false, values.unpackError(value, table));
    } catch (unreadable) {
      promises.settle(id, false, unreadable);
    }
    this.#owner.checkIdle();
  }
}
