import type { Message } from "../message.ts";
import { downgrade, refuseAttachments } from "../values/downgrade.ts";
import { lostOnTheWay } from "../values/platform-objects.ts";
import type { Carrier } from "./carrier.ts";
import type { Outbox } from "./outbox.ts";
import type { Outgoing, Ticket } from "./outgoing.ts";
import type { Way } from "./way.ts";

interface Waiting {
  readonly waiting: true;
  message: Message;
  readonly packed: Outgoing | undefined;
  readonly size: number;
  ticket: number | undefined;
  taken: boolean;
}

/** What the post needs of its session. */
export interface PostOwner {
  readonly way: Way;
  readonly outbox: Outbox;
  readonly carrier: Carrier;
  /** Our own hello has left, so that other messages may follow. */
  readonly greeted: boolean;
  /** Messages may go before the peer's hello has come. */
  readonly early: boolean;
  refused(message: Message, error: unknown): void;
}

/**
 * Lets messages out in order: ours to the outbox, unless they must wait for the
 * handshake to say what the way to the peer carries.
 */
export class Post {
  readonly #owner: PostOwner;
  readonly #waiting: Waiting[] = [];
  /** The handshake is over. */
  #open = false;

  constructor(owner: PostOwner) {
    this.#owner = owner;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Sends a message in its turn. `size` counts when nothing was packed. */
  send(message: Message, packed?: Outgoing, size = 32): Ticket {
    if (this.#waiting.length === 0 && this.#mayGo(packed)) return this.#push(message, packed, size);
    const waiting: Waiting = { waiting: true, message, packed, size, ticket: undefined, taken: false };
    this.#waiting.push(waiting);
    return waiting;
  }

  /** Takes a message back. Says whether it was still here. */
  takeBack(ticket: Ticket): boolean {
    if (typeof ticket === "number") return this.#owner.outbox.takeBack(ticket);
    // Only this room makes tickets that wait.
    const waiting = ticket as Waiting;
    if (waiting.ticket !== undefined) return this.#owner.outbox.takeBack(waiting.ticket);
    waiting.taken = true;
    return true;
  }

  hasLeft(ticket: Ticket): boolean {
    const number = typeof ticket === "number" ? ticket : (ticket as Waiting).ticket;
    return number !== undefined && this.#owner.outbox.hasLeft(number);
  }

  /** The handshake has gone on: lets out what may go now. */
  release(): void {
    while (this.#waiting.length > 0 && this.#mayGo(this.#waiting[0]?.packed)) {
      const next = this.#waiting.shift();
      if (next && !next.taken) this.#letOut(next);
    }
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  #mayGo(packed: Outgoing | undefined): boolean {
    if (this.#open) return true;
    const { greeted, way, early } = this.#owner;
    this.#open = greeted && way.known;
    return this.#open || (greeted && early && (packed === undefined || packed.plain));
  }

  #letOut(waiting: Waiting): void {
    const { message, packed, size } = waiting;
    const { way } = this.#owner;
    // What goes as a clone whatever the codec makes was packed for that.
    if (!packed || packed.plain || packed.raw || (way.clones && way.platformObjects)) {
      waiting.ticket = this.#push(message, packed, size);
      return;
    }
    try {
      if (way.clones) {
        refuseAttachments(packed, "args", `it ${lostOnTheWay}`);
        waiting.ticket = this.#push(message, packed, size);
        return;
      }
      const parts = [packed.data, onlyArgument(packed.data)];
      const plain = downgrade(packed, "args");
      waiting.ticket = this.#push(replaceParts(message, parts, [plain.data, onlyArgument(plain.data)]), plain, size);
    } catch (error) {
      this.#owner.refused(message, error);
    }
  }

  #push(message: Message, packed: Outgoing | undefined, size: number): number {
    if (!packed) return this.#owner.outbox.push(message, size);
    if (packed.raw) this.#owner.carrier.markRaw(message);
    return this.#owner.outbox.push(message, packed.size + 32, packed.transfer.length > 0 ? packed.transfer : undefined);
  }
}

/** Downgrading changes data in place, except where a slot of the message is the data itself, or its only argument. */
function replaceParts(message: Message, old: readonly unknown[], parts: readonly unknown[]): Message {
  const replace = (slot: unknown) => {
    const at = slot === undefined ? -1 : old.indexOf(slot);
    return at < 0 ? slot : parts[at];
  };
  return (message as readonly unknown[]).map(replace) as unknown as Message;
}

function onlyArgument(data: unknown): unknown {
  const single: unknown = Array.isArray(data) && data.length === 1 ? data[0] : undefined;
  return typeof single === "object" && single !== null ? single : undefined;
}
