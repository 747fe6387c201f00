import { Kind, type SettleMessage } from "../message.ts";
import type { FollowUp, Link } from "./link.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Promises } from "./promises.ts";
import type { CallScope } from "./scope.ts";
import type { Signals } from "./signals.ts";
import type { Valuables } from "./valuables.ts";
import { withTable } from "./with-table.ts";

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
    const say = (how: 0 | 1, packed: Outgoing) => owner.send([Kind.settle, id, how, packed.data, packed.table], packed);
    const fail = (error: unknown) => say(0, owner.values.packFailure(error, [], "yes"));
    try {
      if (ok) say(1, owner.values.packValue(value, "promise", "other", { scope }));
      else fail(value);
    } catch (unpackable) {
      fail(unpackable);
    }
    owner.checkIdle();
  }

  sendAbort(id: number, reason: unknown): void {
    const packed = this.#owner.values.packReason(reason);
    this.#owner.send(withTable([Kind.abort, id, packed.data], packed), packed);
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
