import { Kind } from "../message.ts";
import { Lease } from "./exports.ts";
import { IdTable, manyReferences } from "./id-table.ts";
import { IncomingCall } from "./incoming-call.ts";
import { exceeded } from "./limits.ts";
import type { Link } from "./link.ts";
import type { CallScope, Lender } from "./scope.ts";
import { Ended, HeldCore, Holding, hasEnded, type StubCore, type StubKeeper } from "./stub-core.ts";
import { makeStub } from "./stub-proxy.ts";
import { RetainedBase, released } from "./stub-retained.ts";
import { startSweeping, stopSweeping } from "./stub-sweep.ts";

/**
 * What we refer to over there. One export of the peer's is one stub here, for as
 * long as it is lent to an open call or held.
 */
export class Stubs implements StubKeeper, Lender<Holding> {
  readonly link: Link;
  readonly #cores = new IdTable<StubCore>(manyReferences);
  /** Something is held: what of it is collected is given back. */
  #swept = false;

  constructor(link: Link) {
    this.link = link;
  }

  get size(): number {
    return this.#cores.size;
  }

  /** The stub for an export that arrived. Throws RESOURCE_EXHAUSTED when the peer makes us hold too many. */
  receive(id: number, lease: Lease, scope: CallScope | undefined): object {
    const holding = this.#find(id) ?? this.#open(id);
    const core = holding.alive();
    if (lease === Lease.lent && scope) {
      core.lends++;
      // While it is lent, the call keeps it.
      scope.lend(this, holding);
    } else {
      this.#hold(core);
      this.#loosen(holding, core);
    }
    return holding.stub;
  }

  endLend(holding: Holding, scope: CallScope): void {
    const { core } = holding;
    if (hasEnded(core) || --core.lends > 0) return;
    if (core.holds > 0) this.#loosen(holding, core);
    else this.#drop(holding, core, scope instanceof IncomingCall ? scope.path : undefined);
  }

  /** Keeps what was lent: a hold of its own, given back by releasing what this returns. */
  retain(holding: Holding): object {
    const core = holding.alive();
    this.#hold(core);
    this.link.send([Kind.retain, core.id]);
    return makeStub(new RetainedBase(holding));
  }

  /** Gives back one hold. Quiet when there is none. */
  release(holding: Holding, core: StubCore): void {
    if (core.holds === 0) return;
    core.holds--;
    this.#giveBack(core.id, 1);
    if (core.lends + core.holds === 0) this.#drop(holding, core, released);
  }

  /** The message that gave export `id` to us cannot be read: its hold goes back, received or not. */
  refuse(id: number, received: boolean): void {
    const holding = received ? this.#find(id) : undefined;
    if (holding) holding.release();
    else this.#giveBack(id, 1);
  }

  /** The session has ended: stubs fail from now on, and say why. */
  clear(why: string): void {
    const ended = new Ended(this, why);
    for (const core of this.#cores.values()) {
      const holding = core.deref();
      if (holding) holding.core = ended;
    }
    this.#cores.clear();
    this.#stopSweeping();
  }

  /** Gives back what was held by stubs that are collected: a hint only, since what is used or lent is not. */
  sweep(): void {
    for (const core of this.#cores.values()) if (!core.deref()) this.#giveBackCollected(core);
  }

  #find(id: number): Holding | undefined {
    const core = this.#cores.get(id);
    const holding = core?.deref();
    if (core && !holding) this.#giveBackCollected(core);
    return holding;
  }

  #open(id: number): Holding {
    const { references } = this.link.limits;
    if (this.#cores.size >= references) throw exceeded("references", references);
    const holding = new Holding(id, this);
    this.#cores.add(holding.alive());
    return holding;
  }

  #hold(core: StubCore): void {
    core.holds++;
    if (this.#swept) return;
    this.#swept = true;
    startSweeping(this);
  }

  #giveBack(id: number, count: number): void {
    this.link.send([Kind.release, id, count]);
  }

  /** From now on only its holders keep it. */
  #loosen(holding: Holding, core: StubCore): void {
    if (core.lends > 0 || core instanceof HeldCore) return;
    const held = new HeldCore(holding, core);
    this.#cores.replace(held);
    holding.core = held;
  }

  #drop(holding: Holding, core: StubCore, why: string | readonly string[] | undefined): void {
    holding.core = new Ended(this, why);
    this.#forget(core);
  }

  #giveBackCollected(core: StubCore): void {
    this.#forget(core);
    this.#giveBack(core.id, core.holds);
  }

  #forget(core: StubCore): void {
    this.#cores.delete(core.id);
    if (this.#cores.size === 0) this.#stopSweeping();
  }

  #stopSweeping(): void {
    if (!this.#swept) return;
    this.#swept = false;
    stopSweeping(this);
  }
}
