/** Milliseconds between two questions. */
const every = 2000;

/** How many may stay unanswered. Both ends share one thread: what is alive answers before the next one, unless that is blocked. */
const patience = 2;

/** Watches whether the other end of a port is still there, while something is owed by it. */
export interface PortWatch {
  /** Something is owed, or no longer. */
  hold(busy: boolean): void;
  /** Anything was heard: a sign of life. */
  heard(): void;
}

/**
 * Firefox destroys the content scripts of an extension that is reloaded, updated or
 * removed, and their ports say nothing of it to the page. So whoever waits asks:
 * `ask` puts the question, `gone` is called when it stays unanswered.
 */
export function watchPort(ask: () => void, gone: () => void): PortWatch {
  let timer: ReturnType<typeof setInterval> | undefined;
  let unanswered = 0;
  return {
    hold(busy) {
      if (busy === (timer !== undefined)) return;
      if (timer !== undefined) clearInterval(timer);
      unanswered = 0;
      timer = busy ? setInterval(look, every) : undefined;
    },
    heard() {
      unanswered = 0;
    },
  };

  function look(): void {
    if (unanswered++ < patience) ask();
    else gone();
  }
}
