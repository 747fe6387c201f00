import type { Peer, RpcError, Session } from "@portolan/protocol";

interface Waiter {
  readonly match: (peer: Peer) => boolean;
  readonly resolve: (session: Session) => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait for a peer that has not come yet. */
export class Waiting {
  readonly #waiters = new Set<Waiter>();
  #ended: RpcError | undefined;

  /** The first session from now on whose peer `match` accepts. */
  wait(match: (peer: Peer) => boolean): Promise<Session> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => this.#waiters.add({ match, resolve, reject }));
  }

  /** A session is ready. What a `match` throws rejects its own wait only. */
  arrived(session: Session): void {
    for (const waiter of [...this.#waiters]) {
      try {
        if (!waiter.match(session.peer)) continue;
        waiter.resolve(session);
      } catch (error) {
        waiter.reject(error);
      }
      this.#waiters.delete(waiter);
    }
  }

  /** Nobody will come any more. */
  end(error: RpcError): void {
    this.#ended = error;
    for (const { reject } of this.#waiters) reject(error);
    this.#waiters.clear();
  }
}
