import { defineTransport, type Transport, type TransportEvents } from "@portolan/protocol";
import { codecOf } from "./raw-end.ts";
import type { Tape } from "./recording.ts";

/** A tape that is being played. */
export interface Replay {
  /** The end that was recorded, whose other side is the tape. */
  readonly transport: Transport;
  /** What was sent this time. */
  readonly sent: readonly unknown[];
  /** Resolves when everything that arrived then has arrived again. */
  readonly done: Promise<void>;
}

/**
 * Plays a tape to whatever is opened on the returned transport: each message that
 * arrived then arrives again once as many have been sent as had been then. So a
 * conversation that went wrong becomes a test without its other side.
 */
export function replay(tape: Tape): Replay {
  const sent: unknown[] = [];
  const rest = [...tape.entries];
  let finish: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const names = new Names();

  function advance(events: TransportEvents): void {
    while (rest[0]?.direction === "in") events.message(names.translate(rest.shift()?.data));
    if (!rest.some(({ direction }) => direction === "in")) finish();
  }

  const transport = defineTransport({
    traits: tape.traits,
    codec: codecOf({ traits: tape.traits, codec: undefined }),
    peer: { kind: "tape" },
    open(events) {
      // Whoever opens the transport is there first, as then.
      queueMicrotask(() => advance(events));
      return {
        send: (message) => {
          sent.push(message);
          const then = rest.find(({ direction }) => direction === "out");
          if (then) names.learn(then.data, message);
          if (rest[0]?.direction === "out") rest.shift();
          queueMicrotask(() => advance(events));
        },
        close: () => finish(),
      };
    },
  });
  return { transport, sent, done };
}

/** On a shared port messages name the session that they are for: this time it has another name. */
class Names {
  readonly #now = new Map<unknown, unknown>();

  learn(then: unknown, now: unknown): void {
    if (isMarked(then) && isMarked(now)) this.#now.set(then[2], now[2]);
  }

  translate(message: unknown): unknown {
    if (!isMarked(message)) return message;
    return message.map((slot, index) => (index === 3 ? (this.#now.get(slot) ?? slot) : slot));
  }
}

function isMarked(message: unknown): message is readonly unknown[] {
  return Array.isArray(message) && message[0] === "portolan";
}
