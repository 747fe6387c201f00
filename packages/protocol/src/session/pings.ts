import type { RpcError } from "../error.ts";

interface Asked {
  readonly at: number;
  resolve(milliseconds: number): void;
  reject(error: RpcError): void;
}

/** Pings that somebody waits for: answered in the order in which they were sent. */
export class Pings {
  #waiting: Asked[] = [];
  #number = 0;

  /** Sends one by `send`. Resolves with the milliseconds until its answer. */
  ask(send: (number: number) => void): Promise<number> {
    const at = performance.now();
    send(++this.#number);
    return new Promise((resolve, reject) => this.#waiting.push({ at, resolve, reject }));
  }

  /** An answer has come. Says whether anybody waited for it. */
  answered(): boolean {
    const asked = this.#waiting.shift();
    asked?.resolve(performance.now() - asked.at);
    return asked !== undefined;
  }

  /** No answer will come any more. */
  end(error: RpcError): void {
    for (const asked of this.#waiting.splice(0)) asked.reject(error);
  }
}
