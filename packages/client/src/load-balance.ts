import type { CloseOptions, OpenSource, Session, SessionSource, SourceStatus, Transport } from "@portolan/protocol";
import { type Listeners, listen, nobody, RpcError } from "@portolan/protocol";
import { openSource } from "./transport-source.ts";

/** How {@link loadBalance} chooses. */
export interface LoadBalanceOptions {
  /** `"least-busy"` takes the session with the fewest calls in flight, `"round-robin"` the next one. Default `"least-busy"`. */
  readonly pick?: "least-busy" | "round-robin";
}

/**
 * Spreads calls over several sources, such as connectors to different servers, or threads. Only
 * those that are ready get calls; while none is, calls wait for the first. It is ready while
 * one of them is, and closed once all of them are.
 */
export function loadBalance(
  sources: readonly (Transport | Session | SessionSource)[],
  options: LoadBalanceOptions = {},
): SessionSource {
  if (!(sources?.length > 0)) throw new TypeError("expected at least one source");
  const { pick = "least-busy" } = options;
  if (pick !== "least-busy" && pick !== "round-robin")
    throw new TypeError(`expected pick to be "least-busy" or "round-robin", got ${String(pick)}`);
  return {
    open: (session) =>
      new Balance(
        sources.map((source) => openSource(source, session)),
        pick,
      ),
  };
}

/** From best to worst. */
const order = ["ready", "unresponsive", "connecting", "lost", "closed"] as const;

class Balance implements OpenSource {
  readonly #sources: readonly OpenSource[];
  readonly #pick: "least-busy" | "round-robin";
  /** Who is told of its status. */
  listeners: Listeners<SourceStatus> = nobody;
  readonly #stops: (() => void)[];
  readonly #leaving = new WeakMap<Promise<Session>, () => void>();
  #status: SourceStatus;
  #turn = 0;

  constructor(sources: readonly OpenSource[], pick: "least-busy" | "round-robin") {
    this.#sources = sources;
    this.#pick = pick;
    this.#status = this.#best();
    this.#stops = sources.map((source) => source.onStatus(() => this.#changed()));
  }

  get status(): SourceStatus {
    return this.#status;
  }

  onStatus(listener: (status: SourceStatus) => void): () => void {
    return listen(this, "listeners", listener);
  }

  peek(): Session | undefined {
    return this.#sources.map((source) => source.peek?.()).find((session) => session !== undefined);
  }

  session(): Session | Promise<Session> {
    const ready = this.#sources.filter(({ status }) => status.state === "ready");
    if (ready.length === 0) return this.#first();
    const start = this.#turn++ % ready.length;
    const sessions = [...ready.slice(start), ...ready.slice(0, start)].map((source) => source.session());
    const now = sessions.filter((session): session is Session => !("then" in session));
    const chosen = now[0];
    if (!chosen) return sessions[0] as Promise<Session>;
    return this.#pick === "round-robin" ? chosen : now.reduce((a, b) => (loadOf(b) < loadOf(a) ? b : a));
  }

  abandon(waiting: Promise<Session>): void {
    this.#leaving.get(waiting)?.();
  }

  async close(options?: CloseOptions): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close(options)));
    for (const stop of this.#stops) stop();
  }

  /** The first that gets ready; when none will, the reason of the last one. */
  #first(): Promise<Session> {
    const open = this.#sources.filter(({ status }) => status.state !== "closed");
    if (open.length === 0) return Promise.reject(this.#refusal());
    const tries = open.map((source) => ({ source, session: source.session() }));
    const leave = () => {
      for (const { source, session } of tries) if ("then" in session) source.abandon?.(session);
    };
    const first = Promise.any(tries.map(({ session }) => session)).then(
      (session) => {
        // The others may be down for long: nobody waits for them.
        leave();
        return session;
      },
      (all: AggregateError) => {
        throw all.errors.at(-1);
      },
    );
    this.#leaving.set(first, leave);
    return first;
  }

  #refusal(): RpcError {
    const reason = this.#status.state === "closed" ? this.#status.reason : undefined;
    const code = reason === undefined || reason.code === "OK" ? "UNAVAILABLE" : reason.code;
    return new RpcError(code, reason?.message ?? "no source is open", { delivered: "no" });
  }

  #best(): SourceStatus {
    const statuses = this.#sources.map(({ status }) => status);
    return statuses.reduce((a, b) => (order.indexOf(b.state) < order.indexOf(a.state) ? b : a));
  }

  #changed(): void {
    const best = this.#best();
    const known = this.#status;
    this.#status = best;
    if (best.state === known.state && contractIn(best) === contractIn(known)) return;
    for (const listener of this.listeners) listener(best);
  }
}

function contractIn(status: SourceStatus): string | undefined {
  return status.state === "ready" ? status.contract : undefined;
}

function loadOf(session: Session): number {
  const { calls, streams } = session.stats();
  return calls.inFlight + calls.queued + streams;
}
