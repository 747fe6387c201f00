import { Kind, type Message, type TableEntry } from "../message.ts";
import type { ItemMeta } from "../stream-meta.ts";
import type { Packed } from "../values/pack.ts";
import { placeTable } from "./place-table.ts";

/** Items in one message, at most, and bytes after which it leaves. */
const mostItems = 256;
export const chunkBytes: number = 64 * 1024;

/** Items that leave together, and what goes along. */
export class StreamChunk {
  readonly #items: unknown[] = [];
  readonly #table: TableEntry[] = [];
  readonly #metas: [number, string | null, number | null][] = [];
  readonly #transfer: object[] = [];
  #bytes = 0;

  get full(): boolean {
    return this.#items.length >= mostItems || this.#bytes >= chunkBytes;
  }

  /** Adds an item that is as it travels. */
  add(data: unknown, size: number): void {
    this.#items.push(data);
    this.#bytes += size;
  }

  /** Adds an item that has been packed. */
  addPacked({ data, table, transfer, size }: Packed, meta: ItemMeta | undefined): void {
    const index = this.#items.length;
    if (table) for (const entry of placeTable(table, index)) this.#table.push(entry);
    this.#transfer.push(...transfer);
    if (meta) this.#metas.push([index, meta.id ?? null, meta.retry ?? null]);
    this.add(data, size);
  }

  /** The message about stream `id`, and what it carries. */
  written(id: number): readonly [message: Message, packed: Packed] {
    const data = this.#items;
    const size = this.#bytes;
    const table = this.#table.length > 0 ? this.#table : null;
    const packed = { data, table, transfer: this.#transfer, size, moved: false, plain: false };
    if (this.#metas.length > 0) return [[Kind.items, id, data, size, table, this.#metas], packed];
    return [table ? [Kind.items, id, data, size, table] : [Kind.items, id, data, size], packed];
  }
}
