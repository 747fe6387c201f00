import { RpcError } from "../error.ts";
import type { IncomingCall } from "./incoming-call.ts";
import { exceeded } from "./limits.ts";

/** Results that callers asked to keep for calls that are built on them, by the ids of their calls. */
export class HeldResults {
  readonly #most: number;
  readonly #results = new Map<number, Promise<unknown>>();

  /** @param most how many are kept at once. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#results.size;
  }

  /** Keeps the result that a call will have. Throws RESOURCE_EXHAUSTED when too many are kept. */
  hold(call: IncomingCall): void {
    if (this.#results.size >= this.#most) throw exceeded("references", this.#most);
    const result = new Promise<unknown>((resolve, reject) => {
      call.held = { resolve, reject };
    });
    // Its failure reaches every dependent through its own call; nobody need read it here.
    result.catch(() => {});
    this.#results.set(call.id, result);
  }

  /** The result of call `id`, or what it will be. Throws INVALID_ARGUMENT when it is not kept. */
  get(id: number): Promise<unknown> {
    const held = this.#results.get(id);
    if (!held) throw new RpcError("INVALID_ARGUMENT", `the result of call ${id} is not held`, { delivered: "no" });
    return held;
  }

  release(id: number): void {
    this.#results.delete(id);
  }

  clear(): void {
    this.#results.clear();
  }
}
