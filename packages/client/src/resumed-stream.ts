import {
  keepMeta,
  metaOf,
  type OutgoingCall,
  type OutgoingInterceptor,
  RpcError,
  rememberMeta,
} from "@portolan/protocol";
import type { Attempts } from "./attempts.ts";
import { givenUp } from "./pause.ts";

type Next = Parameters<OutgoingInterceptor>[1];

/** A stream that makes its call again when its connection is lost. */
export class ResumedStream implements AsyncIterableIterator<unknown>, AsyncDisposable {
  readonly #call: OutgoingCall;
  readonly #next: Next;
  readonly #attempts: Attempts;
  readonly #returned = new AbortController();
  #stream: AsyncIterator<unknown>;
  #begun = false;
  #after: string | undefined;
  #ended = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(stream: AsyncIterator<unknown>, call: OutgoingCall, next: Next, attempts: Attempts) {
    this.#stream = stream;
    this.#call = call;
    this.#next = next;
    this.#attempts = attempts;
    attempts.reset();
    keepMeta(this);
  }

  /** One after the other: after a loss, a second reader of the old stream would be told that it has ended. */
  next(): Promise<IteratorResult<unknown>> {
    const step = this.#turn.then(() => this.#read());
    this.#turn = step.catch(() => {
      // Whoever reads is told.
    });
    return step;
  }

  return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.#end();
    return this.#stream.return?.(value) ?? Promise.resolve({ done: true, value });
  }

  throw(error?: unknown): Promise<IteratorResult<unknown>> {
    this.#end();
    return this.#stream.throw?.(error) ?? Promise.reject(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #read(): Promise<IteratorResult<unknown>> {
    for (;;) {
      try {
        return this.#seen(this.#stream, await this.#stream.next());
      } catch (error) {
        if (this.#ended) throw error;
        await this.#goOn(error).catch((lost: unknown) => {
          this.#ended = true;
          throw lost;
        });
        if (this.#ended) return { done: true, value: undefined };
      }
    }
  }

  #end(): void {
    this.#ended = true;
    this.#returned.abort();
  }

  #seen(stream: object, step: IteratorResult<unknown>): IteratorResult<unknown> {
    this.#ended ||= step.done === true;
    if (step.done) return step;
    this.#attempts.reset();
    this.#begun = true;
    const meta = metaOf(stream);
    rememberMeta(this, step.value, meta);
    if (meta?.id !== undefined) this.#after = meta.id;
    return step;
  }

  /** Makes the call again, behind the last item seen. Resolves when the reader may go on, to items or to the end. */
  async #goOn(error: unknown): Promise<void> {
    let lost = error;
    while (!this.#ended) {
      // Where items came without ids, nobody knows where to go on.
      if ((this.#begun && this.#after === undefined) || !this.#attempts.mayFollow(lost)) throw lost;
      await this.#pause(lost);
      if (this.#ended) return;
      try {
        return await this.#callAgain();
      } catch (again) {
        lost = again;
      }
    }
  }

  async #callAgain(): Promise<void> {
    const stream = await this.#next(this.#after === undefined ? this.#call : { ...this.#call, after: this.#after });
    if (!isStream(stream)) throw new RpcError("FAILED_PRECONDITION", "the call gave a stream, and gives none now");
    if (this.#ended) await stream.return?.();
    else this.#stream = stream;
  }

  /** Ends early when the reader has ended the stream. Throws CANCELLED when the call is aborted or its client ends. */
  async #pause(lost: unknown): Promise<void> {
    const { signal, ended } = this.#call;
    const waited = await this.#attempts.pause(signal, ended, this.#returned.signal);
    if (!waited && !this.#returned.signal.aborted) throw givenUp(this.#call, lost);
  }
}

/** True for a stream that a call gave. */
export function isStream(value: unknown): value is AsyncIterator<unknown> & AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value;
}
