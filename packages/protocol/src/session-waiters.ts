import type { RpcError } from "./error.ts";
import type { Session } from "./session-options.ts";

interface Waiter {
  resolve(session: Session): void;
  reject(error: RpcError): void;
}

/** Those who wait for a session: each has a promise of its own, by which it can go away again. */
export class SessionWaiters {
  #waiters = new Map<Promise<Session>, Waiter>();

  get size(): number {
    return this.#waiters.size;
  }

  wait(): Promise<Session> {
    let waiter: Waiter | undefined;
    const waiting = new Promise<Session>((resolve, reject) => {
      waiter = { resolve, reject };
    });
    this.#waiters.set(waiting, waiter as Waiter);
    return waiting;
  }

  /** Nobody waits for this promise any more: it never settles, and is not held. */
  leave(waiting: Promise<Session>): void {
    this.#waiters.delete(waiting);
  }

  resolve(session: Session): void {
    for (const waiter of this.#empty()) waiter.resolve(session);
  }

  reject(error: () => RpcError): void {
    for (const waiter of this.#empty()) waiter.reject(error());
  }

  #empty(): Iterable<Waiter> {
    const all = this.#waiters;
    this.#waiters = new Map();
    return all.values();
  }
}
