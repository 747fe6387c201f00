import type { CallOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import { Kind } from "../message.ts";
import { CallResult } from "./call-result.ts";
import { Lease } from "./exports.ts";
import { IdTable, manyReferences } from "./id-table.ts";
import { exceeded } from "./limits.ts";
import type { Link } from "./link.ts";
import type { CallScope } from "./scope.ts";
import type { ResultBase, StubBase, StubPath } from "./stub-base.ts";
import { makeStub, StubRoot } from "./stub-proxy.ts";

/**
 * What we refer to over there. One export of the peer's is one stub here, for as
 * long as it is lent to an open call or held.
 */
export class Stubs {
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

/** One export of the peer's, whatever stubs for it are about. */
export class StubCore {
  readonly id: number;
  readonly stubs: Stubs;
  /** Open calls that it was lent to us for. */
  lends = 0;
  /** Times it was given to us or retained, less those given back. */
  holds = 0;
  /** Why it cannot be used any more. */
  dead: string | undefined;
  /** While it is lent, a plain reference does: the call's end lets go of it. */
  #holding: Holding | WeakRef<Holding> | undefined;

  constructor(id: number, stubs: Stubs) {
    this.id = id;
    this.stubs = stubs;
  }

  /** What stubs for it stand on, if any of them is still about. */
  holding(): Holding | undefined {
    return this.#holding instanceof Holding ? this.#holding : this.#holding?.deref();
  }

  keep(holding: Holding): Holding {
    this.#holding = this.lends > 0 ? holding : new WeakRef(holding);
    return holding;
  }

  /** No call lends it any more: only its holders keep the stub. */
  loosen(): void {
    if (this.lends === 0 && this.#holding instanceof Holding)
      this.#holding = this.dead ? undefined : new WeakRef(this.#holding);
  }

  demandAlive(): void {
    if (this.dead) throw deadStub(this.dead);
  }
}

/**
 * What every stub for one export stands on: the stub itself, its methods, copies
 * with other options, and holds that were retained. When all of them are collected,
 * so is this, and only then are the holds given back.
 */
export class Holding extends StubRoot {
  readonly core: StubCore;
  readonly stub: object;
  /** The registry hears of its collection. */
  watched = false;

  constructor(core: StubCore) {
    super();
    this.core = core;
    this.stub = makeStub(this);
  }

  call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase {
    const { id, dead, stubs } = this.core;
    return dead ? failed(this.core, path, dead) : stubs.link.entry.call(id, path, args, options, this);
  }

  notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    this.core.demandAlive();
    this.core.stubs.link.entry.notify(this.core.id, path, args, options);
  }

  release(): void {
    this.core.stubs.release(this.core);
  }
}

/** What a stub of a reference stands on; undefined for any other base. */
export function holdingOf(base: StubBase | undefined): Holding | undefined {
  if (base instanceof Holding) return base;
  return base instanceof RetainedBase ? base.holding : undefined;
}

const released = "it has been released";

/** What using a stub says when it has ended. */
export function deadStub(why: string): RpcError {
  return new RpcError("FAILED_PRECONDITION", `this stub cannot be used: ${why}`, { delivered: "no" });
}

/** A result that has failed already. */
function failed({ stubs }: StubCore, path: StubPath, why: string): ResultBase {
  const result = new CallResult(stubs.link, path.segments);
  result.reject(() => deadStub(why));
  return result;
}

/** A hold of its own on what somebody else may hold too. */
class RetainedBase extends StubRoot {
  readonly holding: Holding;
  #released = false;

  constructor(holding: Holding) {
    super();
    this.holding = holding;
  }

  call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase {
    return this.#released ? failed(this.holding.core, path, released) : this.holding.call(path, args, options);
  }

  notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    if (this.#released) throw deadStub(released);
    this.holding.notify(path, args, options);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.holding.release();
  }
}
