import { type Backoff, checkNames, RpcError, waitBefore } from "@portolan/protocol";
import { isFinal } from "./final-error.ts";
import { pause } from "./pause.ts";

/** Attempts in a row to go on after a lost connection: how many there may be, and how far apart. */
export class Attempts {
  readonly #most: number;
  readonly #backoff: Backoff;
  #failures = 0;

  constructor({ attempts = 10, backoff = {} }: { readonly attempts?: number; readonly backoff?: Backoff }) {
    this.#most = attempts;
    this.#backoff = backoff;
  }

  /** It goes well again. */
  reset(): void {
    this.#failures = 0;
  }

  /** Whether there may be an attempt after this error, and counts it. */
  mayFollow(error: unknown): boolean {
    return RpcError.is(error) && error.code === "UNAVAILABLE" && !isFinal(error) && ++this.#failures <= this.#most;
  }

  /** Waits, but not before the first attempt. Resolves with false when one of the signals aborts. */
  pause(...signals: readonly (AbortSignal | undefined)[]): Promise<boolean> {
    if (this.#failures <= 1) return Promise.resolve(!signals.some((signal) => signal?.aborted));
    return pause(waitBefore(this.#failures - 1, this.#backoff), ...signals);
  }
}

/** Throws a TypeError for attempts or waits that would never end, or never begin. */
export function checkAttempts(options: { readonly attempts?: number; readonly backoff?: Backoff }): void {
  checkNames(options, ["attempts", "backoff", "idempotent", "when"]);
  const { attempts = 1, backoff = {} } = options;
  const { random: _, ...times } = backoff;
  checkNames(times, ["first", "factor", "longest"]);
  for (const [name, value] of Object.entries({ attempts, ...times }))
    if (!(value >= (name === "attempts" ? 1 : 0)))
      throw new TypeError(`expected ${name} to be a number, from ${name === "attempts" ? 1 : 0}, got ${String(value)}`);
}
