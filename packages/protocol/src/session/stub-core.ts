import type { CallOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import { CallResult } from "./call-result.ts";
import type { Link } from "./link.ts";
import type { ResultBase, StubPath } from "./stub-base.ts";
import { callStub, makeStub, readStub, StubRoot } from "./stub-proxy.ts";

/** Where the stubs of a session are kept. */
export interface StubKeeper {
  readonly link: Link;
  retain(holding: Holding): object;
  release(holding: Holding, core: StubCore): void;
}

/** One export of the peer's, as the table of the session knows it, while stubs for it can be used. */
export type StubCore = LentCore | HeldCore;

/** What has only been lent so far: most of that is gone with its call. */
export class LentCore {
  readonly id: number;
  readonly stubs: StubKeeper;
  /** Open calls that it was lent to us for. */
  lends = 0;
  /** Times it was given to us or retained, less those given back. */
  holds = 0;
  readonly #holding: Holding;

  constructor(holding: Holding, id: number, stubs: StubKeeper) {
    this.#holding = holding;
    this.id = id;
    this.stubs = stubs;
  }

  deref(): Holding {
    return this.#holding;
  }
}

/** What is held, and may be collected. It is the WeakRef itself, because there may be thousands. */
export class HeldCore extends WeakRef<Holding> {
  readonly id: number;
  readonly stubs: StubKeeper;
  lends = 0;
  holds: number;

  constructor(holding: Holding, { id, stubs, holds }: StubCore) {
    super(holding);
    this.id = id;
    this.stubs = stubs;
    this.holds = holds;
  }
}

/** What was an export of the peer's, and why it is none any more. */
export class Ended {
  /** No export has it. */
  readonly id = 0;
  readonly stubs: StubKeeper;
  readonly #why: string | readonly string[] | undefined;

  /** @param why in words, or, as most were only lent, the path of the call that ended. */
  constructor(stubs: StubKeeper, why: string | readonly string[] | undefined) {
    this.stubs = stubs;
    this.#why = why;
  }

  get why(): string {
    const why = this.#why;
    if (typeof why === "string") return why;
    const subject = why?.length ? JSON.stringify(why.join(".")) : "a function";
    return `it was lent for the call of ${subject}, which has been answered: retain it to keep it`;
  }
}

/** Asked at each call: told by the id, which a call needs anyway. */
export function hasEnded(core: StubCore | Ended): core is Ended {
  return core.id === 0;
}

/**
 * What every stub for one export stands on: the stub itself, its methods, copies
 * with other options, and holds that were retained. When all of them are collected,
 * so is this, and only then are the holds given back.
 */
export class Holding extends StubRoot {
  core: StubCore | Ended;
  readonly stub: object;

  constructor(id: number, stubs: StubKeeper) {
    super();
    this.core = new LentCore(this, id, stubs);
    this.stub = makeStub(this);
  }

  apply(_target: unknown, _self: unknown, args: readonly unknown[]): unknown {
    return callStub(this, args);
  }

  get(_target: unknown, key: string | symbol): unknown {
    return readStub(this, key);
  }

  /** Throws FAILED_PRECONDITION when it has ended, and says why. */
  alive(): StubCore {
    const { core } = this;
    if (hasEnded(core)) throw deadStub(core.why);
    return core;
  }

  call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase {
    const { core } = this;
    if (hasEnded(core)) return failed(core.stubs, path, core.why);
    return core.stubs.link.entry.call(core.id, path, args, options, this);
  }

  notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    const { id, stubs } = this.alive();
    stubs.link.entry.notify(id, path, args, options);
  }

  release(): void {
    const { core } = this;
    if (!hasEnded(core)) core.stubs.release(this, core);
  }
}

/** What using a stub says when it has ended. */
export function deadStub(why: string): RpcError {
  return new RpcError("FAILED_PRECONDITION", `this stub cannot be used: ${why}`, { delivered: "no" });
}

/** A result that has failed already. */
export function failed({ link }: StubKeeper, path: StubPath, why: string): ResultBase {
  const result = new CallResult(link, path.segments);
  result.reject(() => deadStub(why));
  return result;
}
