import { RpcError } from "../error.ts";
import { Kind, type Message, type Table } from "../message.ts";
import type { CloseReason } from "../transport.ts";

/** Who is told that a message was refused. */
export interface RefusalRooms {
  readonly calls: { refused(id: number, error: RpcError): void };
  readonly streams: { refused(id: number, error: RpcError): void };
  readonly values: { packError(error: unknown, reference: undefined, delivered: "yes"): PackedError };
  report(error: unknown): void;
}

interface PackedError {
  readonly data: unknown;
  readonly table: Table | null;
}

/** What refusals need of their session. */
export interface RefusalsOwner {
  readonly rooms: RefusalRooms;
  send(message: Message): void;
  fail(error: RpcError): void;
  end(reason: CloseReason): void;
}

/** Messages that the platform refused: whoever each was for is told, here or over there. */
export class Refusals {
  readonly #owner: RefusalsOwner;
  /** What was sent instead of refused messages. */
  readonly #standIns = new WeakSet<Message>();
  /** What is sent now is sent instead. */
  #telling = false;

  constructor(owner: RefusalsOwner) {
    this.#owner = owner;
  }

  /** A message is sent. */
  see(message: Message): void {
    if (this.#telling) this.#standIns.add(message);
  }

  take(message: Message, error: unknown): void {
    // Without a hello there is no conversation.
    if (message[0] === Kind.hello) return this.#owner.fail(RpcError.from(error, "INTERNAL", "no"));
    if (this.#standIns.has(message)) return this.#endMute(error);
    this.#telling = true;
    try {
      this.#tell(message, error);
    } finally {
      this.#telling = false;
    }
  }

  #tell(message: Message, error: unknown): void {
    const { rooms } = this.#owner;
    const refusal = RpcError.is(error)
      ? error
      : new RpcError("INVALID_ARGUMENT", "the platform cannot send this message", { cause: error, delivered: "no" });
    if (message[0] === Kind.call) return rooms.calls.refused(message[1], refusal);
    // A port that is gone takes nothing instead either; its end is on the way.
    if (refusal.code === "UNAVAILABLE") return;
    if (message[0] === Kind.items) rooms.streams.refused(message[1], refusal);
    else if (message[0] !== Kind.notify) {
      const { code, message: why } = refusal;
      const instead = replacementFor(message, rooms.values.packError(new RpcError(code, why), undefined, "yes"), why);
      if (instead) this.#owner.send(instead);
      // Strangers' protocols simply have no word for the others.
      else if (code === "UNIMPLEMENTED") return;
    }
    rooms.report(refusal);
  }

  /** What was sent instead was refused too: the port takes nothing any more. */
  #endMute(cause: unknown): void {
    this.#owner.end({ code: "UNAVAILABLE", message: "nothing can be sent any more", by: "platform", cause });
  }
}

/**
 * What ends the peer's waiting for a message that could not be sent: the shortest
 * one that does. Undefined where the peer waits for nothing.
 */
function replacementFor(message: Message, { data, table }: PackedError, why: string): Message | undefined {
  switch (message[0]) {
    case Kind.resolve:
    case Kind.reject:
      return [Kind.reject, message[1], data, table];
    case Kind.settle:
      return [Kind.settle, message[1], 0, data, table];
    case Kind.end:
    case Kind.fail:
      return [Kind.fail, message[1], data, table];
    case Kind.stop:
      return [Kind.stop, message[1], 0];
    case Kind.abort:
      return [Kind.abort, message[1], why];
    default:
      return undefined;
  }
}
