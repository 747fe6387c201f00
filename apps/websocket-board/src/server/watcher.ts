import type { BoardEvent } from "../board-event.ts";

/**
 * What one guest has still to hear. Of things that change often only the last
 * state is kept, so a slow guest costs no more than the board itself. Handed out as
 * an iterator and not a generator, whose `return()` would wait for the next event.
 */
export class Watcher implements AsyncIterableIterator<BoardEvent> {
  readonly #left: () => void;
  readonly #events = new Map<string, BoardEvent>();
  #waiting: ((result: IteratorResult<BoardEvent>) => void) | undefined;
  #ended = false;

  /** `left` runs once, when the guest stops watching or is gone. */
  constructor(left: () => void) {
    this.#left = left;
  }

  tell(event: BoardEvent): void {
    if (this.#waiting) {
      this.#waiting({ done: false, value: event });
      this.#waiting = undefined;
      return;
    }
    const about = aboutOf(event);
    this.#events.delete(about);
    this.#events.set(about, event);
  }

  next(): Promise<IteratorResult<BoardEvent>> {
    if (this.#ended) return Promise.resolve(done);
    for (const [about, value] of this.#events) {
      this.#events.delete(about);
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  return(): Promise<IteratorResult<BoardEvent>> {
    if (!this.#ended) {
      this.#ended = true;
      this.#waiting?.(done);
      this.#left();
    }
    return Promise.resolve(done);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const done = { done: true, value: undefined } as const;

function aboutOf(event: BoardEvent): string {
  switch (event.kind) {
    case "note":
      return `note ${event.note.id}`;
    case "removed":
      return `note ${event.id}`;
    case "cursor":
      return `cursor ${event.id}`;
    default:
      return event.kind;
  }
}
