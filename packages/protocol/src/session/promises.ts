import { RpcError } from "../error.ts";
import type { Link } from "./link.ts";
import type { CallScope } from "./scope.ts";

/** Promises that cross: each settles over there as it does here. Reading one is optional at both ends. */
export class Promises {
  readonly #link: Link;
  readonly #ours = new Set<number>();
  readonly #theirs = new Map<number, Deferred>();

  constructor(link: Link) {
    this.#link = link;
  }

  get size(): number {
    return this.#ours.size + this.#theirs.size;
  }

  /** Sends a promise of ours. Returns its id. */
  write(promise: PromiseLike<unknown>, scope: CallScope | undefined): number {
    const id = this.#link.nextId();
    this.#ours.add(id);
    const settle = (ok: boolean) => (value: unknown) => {
      if (this.#ours.delete(id)) this.#link.sendSettled(id, ok, value, scope?.ended ? undefined : scope);
    };
    promise.then(settle(true), settle(false));
    scope?.onEnd(() => this.#forget(id));
    return id;
  }

  /**
   * Revives a promise that arrived, and what goes along with it lives as long as
   * `scope`. Nobody need read it: its failure is never an unhandled rejection.
   */
  read(id: number, scope: CallScope | undefined): Promise<unknown> {
    let deferred: Deferred | undefined;
    const promise = new Promise<unknown>((resolve, reject) => {
      deferred = { resolve, reject, scope };
    });
    promise.catch(() => {});
    this.#theirs.set(id, deferred as unknown as Deferred);
    this.#link.owe(1);
    scope?.onEnd(() => this.settle(id, false, tooLate));
    return promise;
  }

  /** The call that it came with has ended: the peer hears no more of it. */
  #forget(id: number): void {
    if (this.#ours.delete(id)) this.#link.checkIdle();
  }

  has(id: number): boolean {
    return this.#theirs.has(id);
  }

  /** For how long what a promise of the peer's brings is lent. */
  scopeOf(id: number): CallScope | undefined {
    return this.#theirs.get(id)?.scope;
  }

  /** A promise of the peer's settled. Quiet for one that we do not know. */
  settle(id: number, ok: boolean, value: unknown): void {
    const deferred = this.#theirs.get(id);
    if (!deferred) return;
    this.#theirs.delete(id);
    this.#link.owe(-1);
    if (ok) deferred.resolve(value);
    else deferred.reject(value);
  }

  /** The session has ended. */
  end(error: RpcError): void {
    this.#ours.clear();
    const theirs = [...this.#theirs.values()];
    this.#theirs.clear();
    for (const { reject } of theirs) reject(error);
  }
}

const tooLate = /* @__PURE__ */ new RpcError(
  "FAILED_PRECONDITION",
  "the call that the promise came with has been answered",
  {
    delivered: "yes",
  },
);

interface Deferred {
  readonly scope: CallScope | undefined;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}
