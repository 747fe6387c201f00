import {
  type CloseOptions,
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
  if ("traits" in given || "remote" in given) return openTransport(given, options);
  throw notASource(source, "a Transport, a Session or a SessionSource");
}

/** A source that is one session: on a transport of its own, or one that somebody else opened and keeps. */
function openTransport(source: Transport | Session, options: SessionOptions): OpenSource {
  const own = "traits" in source;
  const session = own ? openSession(source, options) : source;
  return {
    get status() {
      return statusOf(session);
    },
    onStatus: (listener) => session.onState(() => listener(statusOf(session))),
    session: () => session,
    peek: () => session,
    close: async (closing?: CloseOptions) => {
      if (own) await session.close(closing);
    },
  };
}

function statusOf(session: Session): SourceStatus {
  const { state, ended, contract } = session;
  if (ended) return { state: "closed", reason: ended };
  if (state === "draining")
    return { state: "lost", reason: { code: "UNAVAILABLE", message: "the session is closing", by: "remote" } };
  if (state === "ready" && contract !== undefined) return { state, contract };
  return { state: state === "closed" ? "connecting" : state };
}
