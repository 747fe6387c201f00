import { checkNames } from "./check-options.ts";
import type { ConnectorOptions } from "./connector-options.ts";
import { RpcError } from "./error.ts";
import { type Listeners, listen, nobody } from "./listeners.ts";
import { notASource } from "./not-a-source.ts";
import { onAbort } from "./on-abort.ts";
import { Redial } from "./redial.ts";
import { laterFailure } from "./session/endings.ts";
import { reportFailure } from "./session/report-failure.ts";
import { openSession } from "./session/session.ts";
import type { CloseOptions, Session, SessionOptions } from "./session-options.ts";
import type { OpenSource, SessionSource, SourceStatus } from "./session-source.ts";
import { SessionWaiters } from "./session-waiters.ts";
import { type CloseReason, closedHere, type Transport } from "./transport.ts";

/** With these a dial or a handshake says that trying again cannot help. */
const finalCodes: ReadonlySet<string> = new Set([
  "PERMISSION_DENIED",
  "UNAUTHENTICATED",
  "FAILED_PRECONDITION",
  "UNIMPLEMENTED",
  "INVALID_ARGUMENT",
  "VERSION_MISMATCH",
]);

/**
 * Makes a source that dials, and dials again when the connection is lost, with
 * capped and jittered waits. `dial` gets a signal that aborts when nobody waits any
 * more; what it throws is tried again, unless its code is final (PERMISSION_DENIED,
 * UNAUTHENTICATED, FAILED_PRECONDITION, UNIMPLEMENTED, INVALID_ARGUMENT,
 * VERSION_MISMATCH). Throws a TypeError for what is no function.
 */
export function defineConnector(
  dial: (signal: AbortSignal) => Transport | Promise<Transport>,
  options: ConnectorOptions = {},
): SessionSource {
  if (typeof dial !== "function") throw new TypeError("expected a function that dials: () => transport");
  checkNames(options, connectorOptions);
  return { open: (session) => new Connector(dial, options, session) };
}

const connectorOptions =
  /* @__PURE__ */ "signal backoff attempts lazy whileDown maxWaiting onConnect onDisconnect".split(" ");

type Dial = (signal: AbortSignal) => Transport | Promise<Transport>;

class Connector implements OpenSource {
  readonly #dial: Dial;
  readonly #options: ConnectorOptions;
  readonly #sessionOptions: SessionOptions;
  /** Who is told of its status. */
  listeners: Listeners<SourceStatus> = nobody;
  readonly #abort = new AbortController();
  readonly #unwatch: () => void;
  readonly #redial: Redial;
  readonly #waiters = new SessionWaiters();
  #status: SourceStatus = { state: "connecting" };
  #session: Session | undefined;
  #attempt = 0;
  #dialing = false;

  constructor(dial: Dial, options: ConnectorOptions, session: SessionOptions) {
    this.#dial = dial;
    this.#options = options;
    this.#sessionOptions = session;
    this.#redial = new Redial(options.backoff);
    const { signal } = options;
    const end = () => void this.close({ reason: { code: "CANCELLED", message: "the connector was aborted" } });
    this.#unwatch = signal ? onAbort(signal, end) : () => {};
    if (signal?.aborted) end();
    else if (!options.lazy) void this.#connect();
  }

  get status(): SourceStatus {
    return this.#status;
  }

  onStatus(listener: (status: SourceStatus) => void): () => void {
    return listen(this, "listeners", listener);
  }

  peek(): Session | undefined {
    return this.#session;
  }

  session(): Session | Promise<Session> {
    if (this.#session && this.#isUsable()) return this.#session;
    const refusal = this.#refusal();
    if (refusal) return Promise.reject(refusal);
    const waiting = this.#waiters.wait();
    this.#redial.hold(true);
    if (!this.#dialing && !this.#redial.due) void this.#connect();
    return waiting;
  }

  abandon(waiting: Promise<Session>): void {
    this.#waiters.leave(waiting);
    this.#redial.hold(this.#waiters.size > 0);
  }

  async close(options: CloseOptions = {}): Promise<void> {
    const reason = { ...closedHere, ...options.reason };
    const session = this.#session;
    this.#finish(reason);
    await session?.close(options);
  }

  #isUsable(): boolean {
    return this.#status.state === "ready" || this.#status.state === "unresponsive";
  }

  #refusal(): RpcError | undefined {
    const { whileDown = "wait", lazy, maxWaiting = 16_384 } = this.#options;
    const status = this.#status;
    if (status.state === "closed") return laterFailure(status.reason);
    if (whileDown === "reject" && !lazy && status.state === "lost") return laterFailure(status.reason);
    if (this.#waiters.size < maxWaiting) return undefined;
    return new RpcError("RESOURCE_EXHAUSTED", `${maxWaiting} calls wait for a connection already`, { delivered: "no" });
  }

  async #connect(): Promise<void> {
    if (this.#dialing || this.#status.state === "closed") return;
    this.#dialing = true;
    this.#attempt++;
    if (this.#status.state !== "lost") this.#enter({ state: "connecting" });
    try {
      const transport = await this.#dial(this.#abort.signal);
      // Dialling again would give the same.
      if (!("traits" in Object(transport)))
        throw new RpcError("INVALID_ARGUMENT", notASource(transport, "a dial that gives a Transport").message);
      this.#redial.over(transport.traits.network);
      const session = openSession(transport, this.#sessionOptions);
      if (this.#isClosed()) return void session.close();
      this.#session = session;
      await session.ready;
      // What came with its hello, such as a goodbye, has been heard by now, and is not told again.
      if (isEnding(session)) throw laterFailure(endOf(session));
      this.#dialing = false;
      this.#connected(session);
    } catch (thrown) {
      this.#dialing = false;
      this.#session = undefined;
      this.#failed(RpcError.from(thrown, "UNAVAILABLE", "no"));
    }
  }

  #isClosed(): boolean {
    return this.#status.state === "closed";
  }

  #connected(session: Session): void {
    this.#attempt = 0;
    this.#redial.connected();
    session.onState((state) => {
      if (this.#session !== session) return;
      if (state === "unresponsive") this.#enter({ state });
      if (state === "ready") this.#enter(readyWith(session));
      if (isEnding(session)) this.#lost(session);
    });
    this.#enter(readyWith(session));
    this.#waiters.resolve(session);
    this.#hook(() => this.#options.onConnect?.(session));
  }

  /** A session that is closing takes no new calls: the next one is dialled meanwhile, and not by all its clients at once. */
  #lost(session: Session): void {
    this.#session = undefined;
    this.#redial.lost();
    const reason = endOf(session);
    this.#enter({ state: "lost", reason });
    this.#hook(() => this.#options.onDisconnect?.(reason));
    if (finalCodes.has(reason.code)) return this.#finish(reason);
    if (!this.#options.lazy || this.#waiters.size > 0) this.#later();
  }

  #failed(error: RpcError): void {
    const reason: CloseReason = { code: error.code, message: error.message, by: "platform", cause: error };
    const { attempts = Number.POSITIVE_INFINITY, lazy, whileDown } = this.#options;
    if (finalCodes.has(error.code) || this.#attempt >= attempts) return this.#finish(reason);
    this.#enter({ state: "lost", reason });
    // Whose call had it dialled learns of it, and the next call dials again.
    if (lazy && whileDown === "reject") this.#waiters.reject(() => laterFailure(reason));
    if (!lazy || this.#waiters.size > 0) this.#later();
  }

  #later(): void {
    if (this.#isClosed()) return;
    this.#redial.later(() => void this.#connect());
    this.#redial.hold(this.#waiters.size > 0);
  }

  #finish(reason: CloseReason): void {
    if (this.#isClosed()) return;
    this.#redial.stop();
    this.#unwatch();
    this.#abort.abort();
    this.#session = undefined;
    this.#enter({ state: "closed", reason });
    this.#waiters.reject(() => laterFailure(reason));
  }

  #enter(status: SourceStatus): void {
    this.#status = status;
    for (const listener of this.listeners) this.#hook(() => listener(status));
  }

  #hook(run: () => void): void {
    try {
      run();
    } catch (error) {
      const peer = { kind: "unknown", trusted: false };
      reportFailure(this.#sessionOptions.onError, error, { path: [], peer });
    }
  }
}

/** Whether a session takes no more calls. */
function isEnding({ state }: Session): boolean {
  return state === "closed" || state === "draining";
}

function endOf({ ended }: Session): CloseReason {
  return ended ?? { code: "UNAVAILABLE", message: "the other side is closing", by: "remote" };
}

/** The status of a source whose session is ready. */
function readyWith({ contract }: Session): SourceStatus {
  return contract === undefined ? { state: "ready" } : { state: "ready", contract };
}
