import type { Message } from "../message.ts";
import type { Packed } from "../values/pack.ts";

/** A message whose last slot is its table, which most do without. */
export function withTable(message: Message, { table }: Pick<Packed, "table">): Message {
  return table === null ? message : ([...message, table] as unknown as Message);
}
