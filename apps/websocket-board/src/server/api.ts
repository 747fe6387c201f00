import { randomUUID } from "node:crypto";
import type { Call, Peer } from "@portolan/server";
import type { BoardEvent, Guest, Note } from "../board-event.ts";
import type { Board } from "./board.ts";
import { colour, place, text } from "./checks.ts";
import type { FileShelf } from "./file-shelf.ts";

/** Who a page says it is. Runs once for each connection, before any of its calls. */
export function guestOf({ metadata }: Peer): Guest {
  const { name, colour: chosen } = (metadata ?? {}) as { name?: unknown; colour?: unknown };
  return { id: randomUUID(), name: text(name, 40), colour: colour(chosen) };
}

/** What pages may call. */
export function boardApi(board: Board, shelf: FileShelf) {
  return {
    /** Who watches is present; who stops, closes the tab or is cut off is not. */
    watch(this: Call<Guest>): AsyncIterableIterator<BoardEvent> {
      return board.watch(this.context);
    },
    point(this: Call<Guest>, x: number, y: number): void {
      board.point(this.context, place(x), place(y));
    },
    notes: {
      add(this: Call<Guest>, x: number, y: number, words: string): Note {
        return board.add({ x: place(x), y: place(y), text: text(words, 2000), colour: this.context.colour });
      },
      move: (id: string, x: number, y: number): Note => board.change(text(id, 40), { x: place(x), y: place(y) }),
      write: (id: string, words: string): Note => board.change(text(id, 40), { text: text(words, 2000) }),
      remove: (id: string): void => board.remove(text(id, 40)),
    },
    /** Takes a file piece by piece, at the pace of the slower side. */
    async drop(
      this: Call<Guest>,
      name: string,
      at: { readonly x: number; readonly y: number },
      content: AsyncIterable<Uint8Array>,
      progress: (received: number) => void,
    ): Promise<Note> {
      const [x, y, title] = [place(at.x), place(at.y), text(name, 200)];
      const { colour } = this.context;
      const file = await shelf.take(title, content, progress);
      return board.add({ x, y, text: title, colour, file });
    },
  };
}

/** Its type is all that the page imports. */
export type BoardApi = ReturnType<typeof boardApi>;
