import { Kind, type Message, type Table } from "../message.ts";

/**
 * What ends the peer's waiting for a message that could not be sent: the shortest
 * one that does. Undefined where the peer waits for nothing. `error` is packed.
 */
export function replacementFor(
  message: Message,
  error: { readonly data: unknown; readonly table: Table | null },
  why: string,
): Message | undefined {
  const { data, table } = error;
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
