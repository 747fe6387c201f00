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
  release(holding: Holding, core: StubCore): void;
}

/** What a stub for one export of the peer's can do: a {@link StubCore} while it can be used, then {@link Ended}. */
interface Standing {
  readonly stubs: StubKeeper;
  /** Itself; what has ended throws, and says why. */
  alive(): StubCore;
  call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined, keep: object): ResultBase;
  /** Gives back one hold. Quiet when there is none. */
  release(holding: Holding): void;
}

/**
 * One export of the peer's, as the table of the session knows it: weakly, since what is
 * only held may be collected. It is the WeakRef itself, because there may be thousands.
 */
export class StubCore extends WeakRef<Holding> implements Standing {
  readonly id: number;
  readonly stubs: StubKeeper;
  /** Open calls that it was lent to us for. */
  lends = 0;
  /** Times it was given to us or retained, less those given back. */
  holds = 0;

  constructor(holding: Holding, id: number, stubs: StubKeeper) {
    super(holding);
    this.id = id;
    this.stubs = stubs;
  }

  alive(): this {
    return this;
  }

  call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined, keep: object): ResultBase {
    return this.stubs.link.entry.call(this.id, path, args, options, keep);
  }

  release(holding: Holding): void {
    this.stubs.release(holding, this);
  }
}

/** What was an export of the peer's, and why it is none any more. */
export class Ended implements Standing {
  readonly stubs: StubKeeper;
  readonly #why: string;

  constructor(stubs: StubKeeper, why: string) {
    this.stubs = stubs;
    this.#why = why;
  }

  alive(): never {
    throw deadStub(this.#why);
  }

  call(path: StubPath): ResultBase {
    return failed(this.stubs, path, this.#why);
  }

  release(): void {}
}

/**
 * What every stub for one export stands on: the stub itself, its methods, copies
 * with other options, and holds that were retained. When all of them are collected,
 * so is this, and only then are the holds given back.
 */
export class Holding extends StubRoot {
  core: Standing;
  readonly stub: object;

  constructor(id: number, stubs: StubKeeper) {
    super();
    this.core = new StubCore(this, id, stubs);
    this.stub = makeStub(this);
  }

  call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase {
    return this.core.call(path, args, options, this);
  }

  notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    const { id, stubs } = this.core.alive();
    stubs.link.entry.notify(id, path, args, options);
  }

  release(): void {
    this.core.release(this);
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
function deadStub(why: string): RpcError {
  return new RpcError("FAILED_PRECONDITION", `this stub cannot be used: ${why}`, { delivered: "no" });
}

/** A result that has failed already. */
function failed({ link }: StubKeeper, path: StubPath, why: string): ResultBase {
  const result = new CallResult(link, path.segments);
  result.reject(() => deadStub(why));
  return result;
}

/** A hold of its own on what somebody else may hold too. */
export class RetainedBase extends StubRoot {
  /** Wrapped once this hold was given back: a flag of its own would cost every one that was not. */
  #on: Holding | GivenBack;

  constructor(holding: Holding) {
    super();
    this.#on = holding;
  }

  get holding(): Holding {
    return this.#on instanceof Holding ? this.#on : this.#on.holding;
  }

  call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase {
    return this.#on.call(path, args, options);
  }

  notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    this.#on.notify(path, args, options);
  }

  release(): void {
    const holding = this.#on;
    if (!(holding instanceof Holding)) return;
    this.#on = new GivenBack(holding);
    holding.release();
  }
}

/** What a retained hold stands on once it was released, whoever else still holds the thing. */
class GivenBack {
  readonly holding: Holding;

  constructor(holding: Holding) {
    this.holding = holding;
  }

  call(path: StubPath, _args: readonly unknown[], _options: CallOptions | undefined): ResultBase {
    return failed(this.holding.core.stubs, path, released);
  }

  notify(_path: StubPath, _args: readonly unknown[], _options: CallOptions | undefined): never {
    throw deadStub(released);
  }
}
