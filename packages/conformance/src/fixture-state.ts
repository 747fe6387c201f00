import type { Session } from "@portolan/protocol";

/** What one far side keeps while the cases call it. */
export class FixtureState {
  /** Errors that no caller heard of. */
  readonly reports: string[] = [];
  /** What happened, in order. */
  readonly log: unknown[] = [];
  readonly counts: Map<string, number> = new Map();
  readonly kept: Map<string, (...args: unknown[]) => unknown> = new Map();
  #session: Session | undefined;

  get session(): Session {
    if (!this.#session) throw new Error("the fixture has no session yet");
    return this.#session;
  }

  set session(session: Session) {
    this.#session = session;
  }

  count(key: string): number {
    const next = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, next);
    return next;
  }
}
