import {
  metaOf,
  type OutgoingCall,
  type OutgoingInterceptor,
  RpcError,
  rememberMeta,
  waitBefore,
} from "@portolan/protocol";

/** How {@link resume} goes on. */
export interface ResumeOptions {
  /** Which streams may be resumed. Default: every stream whose items carry ids. */
  readonly when?: (call: OutgoingCall) => boolean;
  /** Attempts in a row, without an item between them, before the failure is told. Default 10. */
  readonly attempts?: number;
}

/**
 * An interceptor that goes on with a stream after its connection was lost: the
 * call is made again with the id of the last item seen, which the handler reads as
 * `call.after`. Nothing is lost or doubled if the handler goes on behind that id.
 * Streams whose items carry no ids fail as they would without it.
 *
 * For clients that reconnect: `createClient(connector, { interceptors: { outgoing: [resume()] } })`.
 */
export function resume(options: ResumeOptions = {}): OutgoingInterceptor {
  const { when = () => true } = options;
  return async (call, next) => {
    const result = await next();
    return isStream(result) && when(call) ? new ResumedStream(result, call, next, options) : result;
  };
}

type Next = Parameters<OutgoingInterceptor>[1];

class ResumedStream implements AsyncIterableIterator<unknown>, AsyncDisposable {
  readonly #call: OutgoingCall;
  readonly #next: Next;
  readonly #attempts: number;
  #stream: AsyncIterator<unknown>;
  #after: string | undefined;
  #failures = 0;
  #ended = false;

  constructor(stream: AsyncIterator<unknown>, call: OutgoingCall, next: Next, { attempts = 10 }: ResumeOptions) {
    this.#stream = stream;
    this.#call = call;
    this.#next = next;
    this.#attempts = attempts;
  }

  async next(): Promise<IteratorResult<unknown>> {
    for (;;) {
      const stream = this.#stream;
      try {
        const step = await stream.next();
        this.#ended ||= step.done === true;
        return this.#seen(stream, step);
      } catch (error) {
        if (this.#ended || !(await this.#goOn(error))) throw error;
      }
    }
  }

  return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.#ended = true;
    return this.#stream.return?.(value) ?? Promise.resolve({ done: true, value });
  }

  throw(error?: unknown): Promise<IteratorResult<unknown>> {
    this.#ended = true;
    return this.#stream.throw?.(error) ?? Promise.reject(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #seen(stream: object, step: IteratorResult<unknown>): IteratorResult<unknown> {
    this.#failures = 0;
    if (step.done) return step;
    const meta = metaOf(stream);
    rememberMeta(this, step.value, meta);
    if (meta?.id !== undefined) this.#after = meta.id;
    return step;
  }

  /** Makes the call again, behind the last item seen. Says whether there is a stream again. */
  async #goOn(error: unknown): Promise<boolean> {
    while (this.#after !== undefined && isLost(error) && ++this.#failures <= this.#attempts && !this.#ended) {
      try {
        if (this.#failures > 1) await wait(waitBefore(this.#failures - 1));
        const stream = await this.#next({ ...this.#call, after: this.#after });
        if (!isStream(stream)) return false;
        if (this.#ended) await stream.return?.();
        else this.#stream = stream;
        return !this.#ended;
      } catch (again) {
        if (!isLost(again)) throw again;
      }
    }
    return false;
  }
}

function isStream(value: unknown): value is AsyncIterator<unknown> & AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value;
}

function isLost(error: unknown): boolean {
  return RpcError.is(error) && error.code === "UNAVAILABLE";
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
