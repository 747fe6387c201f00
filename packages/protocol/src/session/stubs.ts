import { Kind } from "../message.ts";
import { Lease } from "./exports.ts";
import { IdTable, manyReferences } from "./id-table.ts";
import { exceeded } from "./limits.ts";
import type { Link } from "./link.ts";
import type { CallScope } from "./scope.ts";
import { Holding, RetainedBase, released, StubCore, type StubKeeper } from "./stub-core.ts";
import { makeStub } from "./stub-proxy.ts";

/**
 * What we refer to over there. One export of the peer's is one stub here, for as
 * long as it is lent to an open call or held.
 */
export class Stubs implements StubKeeper {
  readonly link: Link;
  readonly #cores = new IdTable<StubCore>(manyReferences);

  constructor(link: Link) {
    this.link = link;
  }

  get size(): number {
    return this.#cores.size;
  }

  /** The stub for an export that arrived. Throws RESOURCE_EXHAUSTED when the peer makes us hold too many. */
  receive(id: number, lease: Lease, scope: CallScope | undefined, subject: string): object {
    const core = this.#cores.get(id) ?? this.#newCore(id);
    if (lease === Lease.lent && scope) {
      core.lends++;
      scope.onEnd(() => this.#endLend(core, subject));
    } else core.holds++;
    const holding = core.holding() ?? core.keep(new Holding(core));
    if (core.holds > 0) this.#watch(holding);
    return holding.stub;
  }

  /** Keeps what was lent: a hold of its own, given back by releasing what this returns. */
  retain(holding: Holding): object {
    const { core } = holding;
    core.demandAlive();
    core.holds++;
    this.link.send([Kind.retain, core.id]);
    this.#watch(holding);
    return makeStub(new RetainedBase(holding));
  }

  /** Gives back one hold. Quiet when there is none. */
  release(core: StubCore): void {
    if (core.dead || core.holds === 0) return;
    core.holds--;
    this.#giveBack(core.id, 1);
    this.#dropIfUnused(core, released);
  }

  /** The message that gave export `id` to us cannot be read: its hold goes back, received or not. */
  refuse(id: number, received: boolean): void {
    const core = received ? this.#cores.get(id) : undefined;
    if (core) this.release(core);
    else this.#giveBack(id, 1);
  }

  /** The session has ended: stubs fail from now on, and say why. */
  clear(why: string): void {
    for (const core of this.#cores.values()) core.dead ??= why;
    this.#cores.clear();
  }

  #newCore(id: number): StubCore {
    const { references } = this.link.limits;
    if (this.#cores.size >= references) throw exceeded("references", references);
    const core = new StubCore(id, this);
    this.#cores.add(core);
    return core;
  }

  #giveBack(id: number, count: number): void {
    this.link.send([Kind.release, id, count]);
  }

  #endLend(core: StubCore, subject: string): void {
    core.lends--;
    this.#dropIfUnused(core, `it was lent for the call of ${subject}, which has been answered: retain it to keep it`);
    core.loosen();
    // It may have been collected while it was lent anew.
    if (!core.dead && !core.holding()) this.giveBackCollected(core);
  }

  #dropIfUnused(core: StubCore, why: string): void {
    if (core.dead || core.lends > 0 || core.holds > 0) return;
    core.dead = why;
    this.#cores.delete(core.id);
  }

  #watch(holding: Holding): void {
    if (holding.watched) return;
    holding.watched = true;
    collected.register(holding, holding.core);
  }

  /** A hint only: a stub that is used, lent, or was made anew keeps its holds. */
  giveBackCollected(core: StubCore): void {
    if (core.dead || core.lends > 0 || core.holding()) return;
    const { holds } = core;
    core.holds = 0;
    if (holds > 0) this.#giveBack(core.id, holds);
    this.#dropIfUnused(core, "it has been collected");
  }
}

/**
 * One registry for all sessions, which never ends: in V8, one that is collected
 * while it has something to tell stops every other registry of the process.
 */
const collected: FinalizationRegistry<StubCore> = /* @__PURE__ */ new FinalizationRegistry((core: StubCore) =>
  core.stubs.giveBackCollected(core),
);
