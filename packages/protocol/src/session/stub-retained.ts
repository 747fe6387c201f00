import type { CallOptions } from "../call-options.ts";
import type { ResultBase, StubBase, StubPath } from "./stub-base.ts";
import { deadStub, failed, Holding } from "./stub-core.ts";
import { callStub, readStub, StubRoot } from "./stub-proxy.ts";

/** A hold of its own on what somebody else may hold too. */
export class RetainedBase extends StubRoot {
  /** Wrapped once this hold was given back: a flag would make every one larger that was not. */
  #on: Holding | GivenBack;

  constructor(holding: Holding) {
    super();
    this.#on = holding;
  }

  apply(_target: unknown, _self: unknown, args: readonly unknown[]): unknown {
    return callStub(this, args);
  }

  get(_target: unknown, key: string | symbol): unknown {
    return readStub(this, key);
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

/** What a stub of a reference stands on; undefined for any other base. */
export function holdingOf(base: StubBase | undefined): Holding | undefined {
  if (base instanceof Holding) return base;
  return base instanceof RetainedBase ? base.holding : undefined;
}

/** Why a stub that was given back cannot be used. */
export const released = "it has been released";

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
