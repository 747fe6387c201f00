/** How messages between forked processes are written; the `serialization` of `fork`. */
export type IpcSerialization = "json" | "advanced";

/**
 * Finds out how a channel was set up, which Node tells neither end. Its buffer for
 * advanced messages is a sign that cannot be mistaken; without the sign it is
 * taken for json, which both kinds of channel carry exactly.
 */
export function serializationOf(end: object): IpcSerialization {
  const channel = hiddenObject(end, "kChannelHandle");
  return channel !== undefined && symbolOf(channel, "kMessageBuffer") ? "advanced" : "json";
}

function hiddenObject(holder: object, description: string): object | undefined {
  const key = symbolOf(holder, description);
  const value = key && (holder as Record<symbol, unknown>)[key];
  return typeof value === "object" && value !== null ? value : undefined;
}

function symbolOf(holder: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(holder).find((symbol) => symbol.description === description);
}
