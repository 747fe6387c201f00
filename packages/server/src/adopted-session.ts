import type { Session, SessionOptions } from "@portolan/protocol";

/** Sessions that others opened, and we serve on. */
const adopted = /* @__PURE__ */ new WeakSet<Session>();

/**
 * Serves on a session that is open, and stays its owner's: `change` gives its options from those that it has. Returns
 * the way to give it back, as it was. Throws a TypeError for a session that exposes something already.
 */
export function adopt(session: Session, change: (own: SessionOptions) => SessionOptions): () => void {
  let before: SessionOptions = {};
  reopen(session, (own) => {
    if (own.expose !== undefined || adopted.has(session)) {
      throw new TypeError("this session exposes an API already: give it to openSession() or to serve(), once");
    }
    before = own;
    return change(own);
  });
  adopted.add(session);
  return () => {
    adopted.delete(session);
    reopen(session, () => before);
  };
}

/** Gives an open session other options. Every session can; it is nothing that users call. */
function reopen(session: Session, change: (own: SessionOptions) => SessionOptions): void {
  (session as unknown as { reopen(change: unknown): void }).reopen(change);
}
