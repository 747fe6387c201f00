import { type Call, type IncomingInterceptor, markUnstarted, RpcError } from "@portolan/protocol";
import { weigh } from "./weigh.ts";

/** How long and how much {@link idempotency} remembers. */
export interface IdempotencyOptions {
  /** Milliseconds that an answer is remembered. Default 600 000, ten minutes. */
  readonly ttl?: number;
  /** Answers remembered at once; the oldest go first. Default 10 000. */
  readonly max?: number;
  /** About how many bytes of answers are remembered. Default 16 MiB. */
  readonly bytes?: number;
  /**
   * To whom a key belongs: calls of different scopes never meet. Give what your
   * `context` knows of a user; without it, keys must be such that nobody guesses them, as
   * `crypto.randomUUID()` makes them.
   */
  readonly scope?: (call: Call) => string;
}

/** Characters of a key: what a peer makes us remember is bounded. */
const maxKey = 256;

type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

interface Entry {
  /** Undefined for an answer that was withdrawn: its call gave up. */
  readonly answer: Promise<Answer | undefined>;
  /** When it was answered; undefined while it runs. */
  since: number | undefined;
  bytes: number;
}

/**
 * Runs calls with the same path and key once: the first one runs, the others get its
 * answer, whether it is still running, was answered, or the connection broke in
 * between. An interceptor of incoming calls; calls without a key pass.
 *
 * A failure is an answer too, but a call that gave up (its signal aborted and it
 * failed) is forgotten and may run again. An answer with functions, streams or targets in
 * it cannot be given twice: the repeated call is FAILED_PRECONDITION. Results are
 * kept as they are: do not change them afterwards.
 */
export function idempotency(options: IdempotencyOptions = {}): IncomingInterceptor {
  const record = new Answers(options);
  return (call, next) => (call.key === undefined || call.notification ? next() : record.run(call, next));
}

class Answers {
  readonly #ttl: number;
  readonly #max: number;
  readonly #maxBytes: number;
  readonly #scope: (call: Call) => string;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor({ ttl = 600_000, max = 10_000, bytes = 16 * 1024 * 1024, scope = () => "" }: IdempotencyOptions) {
    for (const [name, value] of Object.entries({ ttl, max, bytes }))
      if (!(value >= 0)) throw new TypeError(`expected ${name} to be a number, from 0, got ${String(value)}`);
    this.#ttl = ttl;
    this.#max = max;
    this.#maxBytes = bytes;
    this.#scope = scope;
  }

  async run(call: Call, next: () => Promise<unknown>): Promise<unknown> {
    if ((call.key?.length ?? 0) > maxKey) {
      throw markUnstarted(new RpcError("INVALID_ARGUMENT", `a key has at most ${maxKey} characters`));
    }
    const id = JSON.stringify([this.#scope(call), call.path, call.key]);
    this.#forgetOld();
    for (let known = this.#entries.get(id); known; known = this.#entries.get(id)) {
      const answer = await known.answer;
      if (answer?.ok) return answer.value;
      if (answer) throw answer.error;
    }
    this.#makeRoom(1);
    if (this.#entries.size >= this.#max) {
      throw markUnstarted(new RpcError("RESOURCE_EXHAUSTED", `${this.#max} calls with keys are running`));
    }
    return this.#first(id, call, next);
  }

  async #first(id: string, call: Call, next: () => Promise<unknown>): Promise<unknown> {
    let settle: (answer: Answer | undefined) => void = () => {};
    const answer = new Promise<Answer | undefined>((resolve) => {
      settle = resolve;
    });
    const entry: Entry = { answer, since: undefined, bytes: 0 };
    this.#entries.set(id, entry);
    try {
      const value = await next();
      settle(this.#keep(id, entry, value));
      return value;
    } catch (error) {
      const gaveUp = call.signal.aborted;
      this.#entries.delete(id);
      if (!gaveUp) this.#answered(id, entry, weigh(error) ?? 1024);
      settle(gaveUp ? undefined : { ok: false, error });
      throw error;
    }
  }

  /** The answer as later calls get it. */
  #keep(id: string, entry: Entry, value: unknown): Answer {
    const bytes = weigh(value);
    this.#entries.delete(id);
    if (bytes !== undefined && bytes <= this.#maxBytes) {
      this.#answered(id, entry, bytes);
      return { ok: true, value };
    }
    const why = bytes === undefined ? "holds what cannot be given twice" : "is too large to be remembered";
    const error = new RpcError("FAILED_PRECONDITION", `this call has been run before, and its answer ${why}`);
    const refusal: Answer = { ok: false, error };
    this.#answered(id, { ...entry, answer: Promise.resolve(refusal) }, 256);
    return refusal;
  }

  #answered(id: string, entry: Entry, bytes: number): void {
    entry.since = performance.now();
    entry.bytes = bytes + 2 * id.length;
    this.#entries.set(id, entry);
    this.#bytes += entry.bytes;
    this.#makeRoom(0);
  }

  #forgetOld(): void {
    const oldest = performance.now() - this.#ttl;
    for (const [id, entry] of this.#entries) {
      // Answered entries are in the order of their answers; those that run come in between.
      if (entry.since === undefined) continue;
      if (entry.since > oldest) return;
      this.#forget(id, entry);
    }
  }

  #makeRoom(more: number): void {
    if (this.#entries.size + more <= this.#max && this.#bytes <= this.#maxBytes) return;
    for (const [id, entry] of this.#entries) {
      if (entry.since !== undefined) this.#forget(id, entry);
      if (this.#entries.size + more <= this.#max && this.#bytes <= this.#maxBytes) return;
    }
  }

  #forget(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#bytes -= entry.bytes;
  }
}
