import type { CallOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import { CallResult } from "./call-result.ts";
import type { Link } from "./link.ts";
import type { ResultBase, StubBase, StubPath } from "./stub-base.ts";
import { makeStub, StubRoot } from "./stub-proxy.ts";

/** Where the stubs of a session are kept. */
export interface StubKeeper {
  readonly link: Link;
  retain(holding: Holding): object;
  release(core: StubCore): void;
  /** No stub is left of it. */
  giveBackCollected(core: StubCore): void;
}

/** One export of the peer's, whatever stubs for it are about. */
export class StubCore {
  readonly id: number;
  readonly stubs: StubKeeper;
  /** Open calls that it was lent to us for. */
  lends = 0;
  /** Times it was given to us or retained, less those given back. */
  holds = 0;
  /** Why it cannot be used any more. */
  dead: string | undefined;
  /** While it is lent, a plain reference does: the call's end lets go of it. */
  #holding: Holding | WeakRef<Holding> | undefined;

  constructor(id: number, stubs: StubKeeper) {
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

/** Why a stub that was given back cannot be used. */
export const released = "it has been released";

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
export class RetainedBase extends StubRoot {
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
