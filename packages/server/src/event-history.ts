import { randomId } from "@portolan/protocol";

/** An event that a history keeps. */
export interface StoredEvent {
  /** Names the event, so that a subscriber can go on behind it. */
  readonly id: string;
  readonly event: unknown;
}

/** Where a publisher keeps its events for subscribers that come back. A database can implement it. */
export interface EventHistory {
  /** Keeps an event. Gives its id, which no other event of the topic has. */
  append(topic: string, event: unknown): string | Promise<string>;
  /**
   * What came after the event with this id, oldest first; undefined where that cannot
   * be told any more, because too much has been forgotten.
   */
  after(topic: string, id: string): readonly StoredEvent[] | undefined | Promise<readonly StoredEvent[] | undefined>;
}

/**
 * A history in memory: the last so many events of all topics together.
 *
 * @param events how many are kept. Default 1 000.
 */
export function memoryHistory({ events = 1000 }: { readonly events?: number } = {}): EventHistory {
  // An id of another process must not be taken for one of ours.
  const epoch = randomId();
  const kept: (StoredEvent & { readonly topic: string })[] = [];
  let count = 0;
  return {
    append(topic, event) {
      const id = `${epoch}-${++count}`;
      kept.push({ topic, id, event });
      if (kept.length > events) kept.shift();
      return id;
    },
    after(topic, id) {
      const [origin, number] = id.split("-");
      const from = Number(number) - (count - kept.length);
      if (origin !== epoch || !(from >= 0 && from <= kept.length)) return undefined;
      return kept.slice(from).filter((stored) => stored.topic === topic);
    },
  };
}
