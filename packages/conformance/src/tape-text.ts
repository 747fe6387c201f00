/** Writes any data that a transport carries as one line of JSON, special values as `{"$": kind, …}`. */
export function toText(data: unknown): string {
  return JSON.stringify(plain(data));
}

/** Reads what {@link toText} wrote. */
export function fromText(text: string): unknown {
  return revive(JSON.parse(text) as unknown);
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return { $: "bigint", v: String(value) };
  if (value === undefined) return { $: "undefined" };
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $: "number", v: Object.is(value, -0) ? "-0" : String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const special = plainSpecial(value, Object.prototype.toString.call(value).slice(8, -1));
  if (special) return special;
  const entries = Object.entries(value).map(([key, inner]) => [key, plain(inner)] as const);
  const record = Object.fromEntries(entries);
  return Object.hasOwn(value, "$") ? { $: "record", v: record } : record;
}

function plainSpecial(value: object, tag: string): object | undefined {
  if (ArrayBuffer.isView(value)) return { $: tag, v: toBase64(value.buffer, value.byteOffset, value.byteLength) };
  switch (tag) {
    case "ArrayBuffer":
      return { $: tag, v: toBase64(value as ArrayBuffer, 0, (value as ArrayBuffer).byteLength) };
    case "Date":
      return { $: tag, v: (value as Date).getTime() };
    case "Map":
      return { $: tag, v: [...(value as Map<unknown, unknown>)].map(plain) };
    case "Set":
      return { $: tag, v: [...(value as Set<unknown>)].map(plain) };
    case "Error":
      return { $: tag, v: String((value as Error).message) };
    default:
      return undefined;
  }
}

function revive(data: unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  if (Array.isArray(data)) return data.map(revive);
  const { $: kind, v } = data as { $?: unknown; v?: unknown };
  if (typeof kind !== "string") return reviveRecord(data);
  switch (kind) {
    case "undefined":
      return undefined;
    case "number":
      return Number(v);
    case "bigint":
      return BigInt(String(v));
    case "record":
      return reviveRecord(v as object);
    case "Date":
      return new Date(v === null ? Number.NaN : Number(v));
    case "Map":
      return new Map((v as unknown[]).map((pair) => revive(pair) as [unknown, unknown]));
    case "Set":
      return new Set((v as unknown[]).map(revive));
    case "Error":
      return new Error(String(v));
    default:
      return reviveBytes(kind, fromBase64(String(v)));
  }
}

function reviveRecord(data: object): unknown {
  return Object.fromEntries(Object.entries(data).map(([key, inner]) => [key, revive(inner)]));
}

function reviveBytes(type: string, bytes: Uint8Array<ArrayBuffer>): unknown {
  if (type === "ArrayBuffer") return bytes.buffer;
  const View = (globalThis as unknown as Record<string, unknown>)[type] as new (buffer: ArrayBuffer) => unknown;
  return new View(bytes.buffer);
}

function toBase64(buffer: ArrayBufferLike, offset: number, length: number): string {
  let text = "";
  for (const byte of new Uint8Array(buffer, offset, length)) text += String.fromCharCode(byte);
  return btoa(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
