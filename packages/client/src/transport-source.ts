import {
  type CloseOptions,
  type CloseReason,
  laterFailure,
  notASource,
  type OpenSource,
  openSession,
  type Session,
  type SessionOptions,
  type SessionSource,
  type SourceStatus,
  type Transport,
} from "@portolan/protocol";

/** Opens whatever sessions come from. Throws a TypeError for anything else, such as a port that is no transport yet. */
export function openSource(source: Transport | Session | SessionSource, options: SessionOptions): OpenSource {
  const given = Object(source) as typeof source;
  if ("open" in given) return given.open(options);
  if ("traits" in given) return new OneSession(openSession(given, options), true);
  if ("remote" in given) return new OneSession(given, false);
  throw notASource(source, "a Transport, a Session or a SessionSource");
}

/** A source that is one session: ours, or one that somebody else opened and keeps, which closing leaves as it is. */
class OneSession implements OpenSource {
  readonly #session: Session;
  readonly #ours: boolean;
  #left: CloseReason | undefined;
  #told: (() => void)[] = [];

  constructor(session: Session, ours: boolean) {
    this.#session = session;
    this.#ours = ours;
  }

  get status(): SourceStatus {
    return this.#left ? { state: "closed", reason: this.#left } : statusOf(this.#session);
  }

  onStatus(listener: (status: SourceStatus) => void): () => void {
    const tell = () => listener(this.status);
    const stop = this.#session.onState(() => this.#left ?? tell());
    this.#told.push(tell);
    return () => {
      stop();
      this.#told = this.#told.filter((other) => other !== tell);
    };
  }

  session(): Session {
    if (this.#left) throw laterFailure(this.#left);
    return this.#session;
  }

  peek(): Session {
    return this.#session;
  }

  async close(closing?: CloseOptions): Promise<void> {
    if (this.#ours) return this.#session.close(closing);
    if (this.#left) return;
    this.#left = { code: "OK", message: "closed by this side", by: "local" };
    for (const tell of this.#told) tell();
  }
}

function statusOf(session: Session): SourceStatus {
  const { state, ended, contract } = session;
  if (ended) return { state: "closed", reason: ended };
  if (state === "draining")
    return { state: "lost", reason: { code: "UNAVAILABLE", message: "the session is closing", by: "remote" } };
  if (state === "ready" && contract !== undefined) return { state, contract };
  return { state: state === "closed" ? "connecting" : state };
}
