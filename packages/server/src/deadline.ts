import { after, onAbort, RpcError } from "@portolan/protocol";

/** The time that a procedure grants one call, and the signal that says when it is over. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: unknown;
  readonly #late: Promise<never>;
  #expire!: (error: RpcError) => void;

  /** @param ms milliseconds from now. @param outer the call's own signal, which counts as well. */
  constructor(ms: number, outer: AbortSignal, name: string) {
    this.#late = new Promise((_, reject) => {
      this.#expire = reject;
    });
    this.#late.catch(() => {});
    this.#timer = after(ms, () => {
      const error = new RpcError("DEADLINE_EXCEEDED", `${name} did not finish within ${ms} ms`);
      this.#expire(error);
      this.#controller.abort(error);
    });
    const abort = () => this.#controller.abort(outer.reason);
    if (outer.aborted) abort();
    // The call's signal lives as long as the call: nothing is left behind.
    else onAbort(outer, abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The result, or DEADLINE_EXCEEDED when it does not come in time. A stream that comes too late is ended. */
  async race<T>(result: Promise<T>, discard: (late: T) => void): Promise<T> {
    let over = false;
    result.then(
      (value) => over && discard(value),
      () => {},
    );
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#late.catch(reject);
        result.then(resolve, reject);
      });
    } catch (error) {
      over = true;
      throw error;
    } finally {
      clearTimeout(this.#timer);
    }
  }
}
