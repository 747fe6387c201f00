import { maxItemId } from "./parse-message.ts";

/** What an item of a stream may carry besides its value, as in server-sent events. */
export interface ItemMeta {
  /** Names the item, so that a stream can be resumed behind it. At most 1 024 characters. */
  readonly id?: string;
  /** Milliseconds that a consumer should wait before it resumes. */
  readonly retry?: number;
}

const itemMark = Symbol.for("portolan.item");

/** An item with its meta, on its way out. */
export interface ItemWithMeta<T = unknown> {
  readonly value: T;
  readonly meta: ItemMeta;
}

/**
 * Yields a value with an id, a retry time, or both:
 * `yield withMeta(event, { id: "7" })`. The consumer gets the value, and the meta
 * by {@link metaOf}. Throws a TypeError for an id that is too long, or a retry time
 * that is no whole number of milliseconds.
 */
export function withMeta<T>(value: T, meta: ItemMeta): T {
  const { id = "", retry = 0 } = meta;
  if (typeof id !== "string" || id.length > maxItemId) {
    throw new TypeError(`expected an id of at most ${maxItemId} characters, got ${describe(id)}`);
  }
  if (!Number.isSafeInteger(retry) || retry < 0) {
    throw new TypeError(`expected retry to be a whole number of milliseconds, got ${String(retry)}`);
  }
  // The consumer sees the value itself, so that is the type that the generator yields.
  return { value, meta, [itemMark]: true } as unknown as T;
}

function describe(id: unknown): string {
  return typeof id === "string" ? `one of ${id.length}` : typeof id;
}

/** An item that {@link withMeta} of this or any other copy of the package made. */
export function isItemWithMeta(value: unknown): value is ItemWithMeta {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[itemMark] === true;
}

/** On a stream whose reader here gets values: gives them with their meta, for a session to send. */
const itemsMark = Symbol.for("portolan.items");

/**
 * Lets a stream have meta without its values being wrapped: whoever iterates it here gets the values, and the meta by
 * {@link metaOf}; where it is sent, `items` is iterated instead, which wraps them by {@link withMeta}. Returns it.
 */
export function sendItems<Stream extends AsyncIterable<unknown>>(
  stream: Stream,
  items: () => AsyncIterator<unknown>,
): Stream {
  return Object.defineProperty(stream, itemsMark, { value: items });
}

/** Iterates what a stream sends: its items with their meta, where it keeps them apart. */
export function itemsOf(stream: AsyncIterable<unknown>): AsyncIterator<unknown, unknown, unknown> {
  const items = (stream as { readonly [itemsMark]?: () => AsyncIterator<unknown> })[itemsMark];
  return items ? items() : stream[Symbol.asyncIterator]();
}

/** Lets the items of a stream that came from elsewhere keep their meta when it is sent on to a third party. */
export function keepMeta(stream: AsyncIterableIterator<unknown>): void {
  sendItems(stream, () => itemsSentOn(stream));
}

function itemsSentOn(stream: AsyncIterator<unknown>): AsyncIterator<unknown> {
  const next = async (): Promise<IteratorResult<unknown>> => {
    const step = await stream.next();
    const meta = step.done ? undefined : metaOf(stream);
    return meta ? { done: false, value: withMeta(step.value, meta) } : step;
  };
  return {
    next,
    return: async (value) => (await stream.return?.(value)) ?? { done: true, value },
    throw: async (error) => (await stream.throw?.(error)) ?? Promise.reject(error),
  };
}

const metas = new WeakMap<object, ItemMeta>();

/** The meta of an item that arrived, or, given the stream itself, of the item that it gave last. */
export function metaOf(itemOrStream: unknown): ItemMeta | undefined {
  return typeof itemOrStream === "object" && itemOrStream !== null ? metas.get(itemOrStream) : undefined;
}

/** Remembers the meta of an item (if it is an object) and of the stream that gave it. */
export function rememberMeta(stream: object, item: unknown, meta: ItemMeta | undefined): void {
  if (!meta) return void metas.delete(stream);
  metas.set(stream, meta);
  if (typeof item === "object" && item !== null) metas.set(item, meta);
}
