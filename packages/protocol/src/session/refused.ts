import { RpcError } from "../error.ts";
import { Kind, type Message, type Table } from "../message.ts";

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

/** The platform refused a message: whoever it was for is told, here or, by `send`, over there. */
export function tellRefused(
  message: Message,
  error: unknown,
  rooms: RefusalRooms,
  send: (instead: Message) => void,
): void {
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
    if (instead) send(instead);
    // Strangers' protocols simply have no word for the others.
    else if (code === "UNIMPLEMENTED") return;
  }
  rooms.report(refusal);
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
